"""Met, short and exempt are everybody, at every level and on every day; and each is in one state."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.fields import FIRST_DAY
from common.store.database import counted_statements
from contracts.events.registry import AgencyPlace
from jejak_local.harness import OTHER_AGENCY
from services.training.tests.lives import days, live, lives
from training.counts.queries import duty_counts
from training.counts.stood import Asked
from training.domain.duty import as_bits
from training.domain.states import BOOK, state, state_sql

LEVELS = ("region", "kind", "agency", "unit", "jenjang", "position")
STATES = ("met", "on_track", "needs_action", "overdue", "exempt")
LADDER = BOOK.at(date(2026, 1, 1)).tables


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(people=lives, asked_days=st.lists(days, min_size=1, max_size=3))
async def test_met_short_and_exempt_are_everybody_at_every_level_and_date(world, line, people, asked_days):
    for life in people:
        await live(world, line, life)
    caller = world.caller("lan")
    for day in asked_days:
        active = await world.value(
            "SELECT count(*) FROM people WHERE joined_on <= :day AND (left_on IS NULL OR :day < left_on)", day=day
        )
        for by in LEVELS:
            asked = Asked(day, agency_id=world.here) if by == "unit" else Asked(day)
            async with world.database.reading() as session:
                shown = await duty_counts(session, asked, by, caller, "id")
            for counts in (shown.total, *shown.groups):
                assert counts.met + counts.short + counts.exempt == counts.active
                assert counts.on_track + counts.needs_action + counts.overdue == counts.short
            assert sum(group.active for group in shown.groups) == shown.total.active
            assert sum((group.missing for group in shown.groups), Decimal(0)) == shown.total.missing
            if by != "unit":
                assert shown.total.active == active


@given(
    day=days,
    months=st.sets(st.integers(1, 12)),
    hundredths=st.integers(0, 2100),
    exempt=st.booleans(),
)
def test_everybody_is_in_exactly_one_state(day, months, hundredths, exempt):
    found = state(LADDER, day, Decimal(20), months, Decimal(hundredths) / 100, exempt=exempt)
    assert found in STATES
    assert (found == "exempt") == (exempt or not months)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 4, 30), date(2026, 5, 1), date(2026, 12, 31)])
async def test_the_database_finds_the_states_that_python_does(world, day):
    rows = await world.rows(
        f"SELECT s.*, {state_sql(LADDER, day, 's')} AS state FROM ("
        " SELECT CAST(20 AS numeric) AS yearly, bits AS duty_months, v / 3.0 AS verified, false AS exempt"
        " FROM generate_series(0, 4095, 5) AS bits, generate_series(0, 60, 4) AS v) AS s"
    )
    for row in rows:
        months = [month for month in range(1, 13) if row.duty_months >> (month - 1) & 1]
        assert row.state == state(LADDER, day, Decimal(20), months, row.verified, exempt=False)
        assert as_bits(months) == row.duty_months


async def test_counts_by_agency_with_hours_and_the_rule_shown(world, api, line):
    await world.agency(world.here, region="Bali", zone="WITA")
    met, short, other = await world.person(), await world.person(), await world.person(agency=world.there)
    await world.store(line(met, jp="20"), line(short, jp="4"), line(short, jp="3", source="self"), line(other, jp="9"))
    shown = await api.get("/duty-counts?by=agency")
    assert (shown["as_of"], shown["newest_record_at"] is not None) == ("2026-06-15", True)
    assert [(group["label"], group["active"], group["met"], group["short"]) for group in shown["groups"]] == [
        ("Badan L-" + str(world.here)[-2:], 2, 1, 1),
        (None, 1, 0, 1),
    ]
    own = next(group for group in shown["groups"] if group["label"])
    assert (own["missing"], own["verified"], own["unverified"], own["overdue"]) == ("16.000", "24.000", "3.000", 1)
    assert [rung["code"] for rung in shown["states"]] == ["met", "on_track", "needs_action", "overdue"]
    assert all(rung["explanation"] for rung in shown["states"])
    bali = await api.get("/duty-counts?region=Bali")
    assert (bali["total"]["active"], bali["groups"]) == (2, [])
    hr = await api.get("/duty-counts?by=jenjang", "agency_hr")
    assert [(group["key"], group["active"]) for group in hr["groups"]] == [("ahli_pertama", 2)]


async def test_on_a_day_gone_by_only_what_had_ended_counts_where_people_served_then(world, api, line):
    """A move on 15 June: hours stay with the person, and each agency counts them while they serve there."""
    moved = [(world.there, date(2020, 1, 1), date(2026, 6, 15)), (world.here, date(2026, 6, 15), None)]
    person = await world.person(assignments=moved)
    await world.store(line(person, jp="20", start_date="2026-03-02", end_date="2026-03-02"))
    seen = {
        (day, agency): (await api.get(f"/duty-counts?day={day}&agency_id={agency}"))["total"]
        for day in ("2026-03-01", "2026-03-02", "2026-06-14", "2026-06-15")
        for agency in (world.here, world.there)
    }
    told = {key: (total["met"], total["short"]) for key, total in seen.items() if total["active"]}
    assert told == {
        ("2026-03-01", world.there): (0, 1),
        ("2026-03-02", world.there): (1, 0),
        ("2026-06-14", world.there): (1, 0),
        ("2026-06-15", world.here): (1, 0),
    }


async def test_an_agency_counts_for_the_region_it_was_in_on_the_day(world, api):
    """Moved to Papua on 1 June, its people stay in Bali's count of May, which Bali's analis still reads."""
    bali, papua = (
        AgencyPlace(region=region, zone="WITA", valid_from=start, valid_to=end)
        for region, start, end in (("Bali", FIRST_DAY, date(2026, 6, 1)), ("Papua", date(2026, 6, 1), None))
    )
    await world.agency(world.here, region="Papua", places=[bali, papua])
    await world.agency(world.there, region="Bali")
    for agency in (world.here, world.here, world.there):
        await world.person(agency=agency)

    async def seen(day: str, role: str = "lan", **claims: str) -> dict[str, int]:
        shown = await api.get(f"/duty-counts?by=region&day={day}", role, **claims)
        return {group["key"]: group["active"] for group in shown["groups"]}

    assert await seen("2026-05-31") == {"Bali": 3}
    assert await seen("2026-06-01") == {"Bali": 1, "Papua": 2}
    analis = {"role": "analis", "region": "Bali"}
    assert [await seen(day, **analis) for day in ("2026-05-31", "2026-06-01")] == [{"Bali": 3}, {"Bali": 1}]
    there = [f"/duty-people?day={day}&agency_id={world.here}" for day in ("2026-05-31", "2026-06-01")]
    assert len((await api.get(there[0], **analis))["items"]) == 2
    assert await api.refused("analis", "GET", there[1], region="Bali") == (403, "forbidden", None)


@pytest.mark.parametrize(
    ("role", "query", "refused"),
    [
        ("lan", "day=2026-06-16", (422, "date-in-future", "day")),
        ("lan", "day=2018-12-31", (422, "rule-missing", "day")),
        ("lan", "by=unit", (422, "field-missing", "agency_id")),
        ("agency_hr", f"agency_id={OTHER_AGENCY}", (403, "forbidden", None)),
        ("person", "", (403, "forbidden", None)),
    ],
)
async def test_what_is_not_counted(api, role, query, refused):
    assert await api.refused(role, "GET", f"/duty-counts?{query}") == refused


async def test_as_many_statements_however_many_people(world, api, line):
    counts = []
    for number in (1, 30):
        await world.people(*(world.state() for _ in range(number)))
        await api.get("/duty-counts?by=agency")
        with counted_statements(world.database) as statements:
            await api.get("/duty-counts?by=agency")
        counts.append(len(statements))
    assert counts == [3, 3], "one asks whether it was counted before"
