"""Who is exempt on a sweep's date is short nowhere, until that changes."""

from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.web.pages import Window
from services.training.tests.lives import live, lives
from training.counts.people import duty_people
from training.counts.queries import duty_counts
from training.counts.stood import Asked
from training.domain.caturwulan import closed_on, period_of
from training.ledger.commands import open_year


async def exempted(api, person) -> str:
    asked = {"person_id": str(person), "ground": "cuti-sakit", "valid_from": "2026-03-01"}
    exemption = (await api.call("person", "POST", "/exemptions", asked, person=person)).json()["id"]
    assert (await api.call("agency_hr", "POST", f"/exemptions/{exemption}/approve")).status_code == 200
    return exemption


async def test_a_sweep_leaves_out_who_is_exempt_and_follows_when_that_changes(world, api, sounding):
    exempt, short = await world.person(), await world.person()
    exemption = await exempted(api, exempt)
    [outcome] = await sounding.sweep("2026-05-01")
    assert (outcome.people, outcome.short) == (1, 1), "who is exempt is not among those counted"
    world.clock.moment = datetime(2026, 6, 15, 3, tzinfo=UTC)
    ended = {"on": "2026-04-15", "reason": "Kembali"}
    assert (await api.call("agency_hr", "POST", f"/exemptions/{exemption}/end", ended)).status_code == 200
    opened = "SELECT person_id FROM shortfalls WHERE state = 'open'"
    assert {row.person_id for row in await world.rows(opened)} == {exempt, short}
    await exempted(api, short)
    assert [row.person_id for row in await world.rows(opened)] == [exempt]


async def test_who_owes_nothing_in_the_year_is_not_counted_by_a_sweep_either(world, api, sounding):
    """On leave all year, with no exemption: neither short nor met, as the counts and the agency's summary have it."""
    away, short = await world.person(absences=[(date(2026, 1, 1), None)]), await world.person()
    [outcome] = await sounding.sweep("2026-05-01")
    assert (outcome.people, outcome.short) == (1, 1)
    totals = (await api.get("/duty-counts"))["total"]
    summary = await api.get(f"/agencies/{world.here}/jp-summary?year=2026")
    for counts in (totals, summary):
        assert (counts["met"], counts["short"], counts["exempt"]) == (0, 1, 1)
    assert [row.person_id for row in await world.rows("SELECT person_id FROM shortfalls")] == [short]
    listed = await api.get("/duty-people?state=exempt")
    assert [person["person_id"] for person in listed["items"]] == [str(away)]


async def swept(world, sounding, day) -> dict[UUID, tuple[int, int]]:
    """How many people of each agency a sweep of the newest period looks at on a day, and how many it finds short."""
    year, number = closed_on(day)[-1]
    newest = await world.rows(
        "SELECT id FROM sweeps w WHERE year = :year AND period = :number"
        " AND NOT EXISTS (SELECT FROM sweeps newer WHERE newer.replaces = w.id)",
        year=year,
        number=number,
    )
    async with world.database.transaction() as session:
        # Another example may have opened the present year, for those who were there.
        for each in sorted({year, world.clock.today().year}):
            await open_year(session, each, world.book)
    sweep_id = await sounding.begin(year, number, day.isoformat(), newest[0].id if newest else None)
    found = await world.rows("SELECT agency_id, people, short FROM sweep_agencies WHERE sweep_id = :id", id=sweep_id)
    while await sounding.announce(sweep_id):
        pass
    await sounding.finish(sweep_id)
    return {row.agency_id: (row.people, row.short) for row in found}


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(people=lives, day=st.dates(date(2025, 5, 1), date(2026, 6, 15)))
async def test_a_sweep_looks_at_whoever_is_met_or_short_and_at_nobody_exempt(world, line, sounding, people, day):
    """Of those who had joined by the period's end, the counts of its day say the same for every agency."""
    for life in people:
        await live(world, line, life)
    world.clock.moment = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
    found = await swept(world, sounding, day)
    year, number = closed_on(day)[-1]
    over_from = period_of(year, number).over_from(year)
    for agency in (world.here, world.there):
        asked = Asked(agency_id=agency)
        async with world.database.reading() as session:
            shown = (await duty_counts(session, asked, None, world.caller("lan"), "id")).total
            listed = await duty_people(session, asked, None, Window(after=None, limit=1000), world.caller("lan"), "id")
        late = {
            row.person_id
            for row in await world.rows("SELECT person_id FROM people WHERE joined_on >= :day", day=over_from)
        }
        in_time = [person for person in listed.items if person.person_id not in late and person.state != "exempt"]
        assert len(listed.items) == shown.active == shown.met + shown.short + shown.exempt
        if year == day.year:
            looked_at, short = found.get(agency, (0, 0))
            assert looked_at == len(in_time)
            assert short == shown.overdue
