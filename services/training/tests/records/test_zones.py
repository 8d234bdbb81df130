"""A moment counts as the day it was where the person served; the year, the rules and the caps follow from that day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from common.fields import FIRST_DAY
from common.parts import Law
from common.refused import Refused
from common.store.database import counted_statements
from contracts.events.registry import AgencyPlace
from contracts.zone import ZONES, Zone

EVERY_ZONE = pytest.mark.parametrize("zone", ZONES)
EVERY_CHANGE = pytest.mark.parametrize(("before", "after"), list(permutations(ZONES, 2)))


def at(zone, *moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZONES[zone])


async def stored_days(world):
    return [row.end_date for row in await world.rows("SELECT end_date FROM records ORDER BY end_date")]


@EVERY_ZONE
async def test_half_an_hour_before_and_after_new_year_count_in_their_own_years(world, line, zone):
    world.clock.moment = datetime(2027, 1, 2, tzinfo=UTC)
    await world.agency(world.here, zone)
    person = await world.person()
    for end in (at(zone, 2026, 12, 31, 23, 30), at(zone, 2027, 1, 1, 0, 30)):
        sent = {"start_date": (end - timedelta(hours=4)).isoformat(), "end_date": end.astimezone(UTC).isoformat()}
        [answer] = await world.store(line(person, **sent))
        assert answer.status == "stored"
    assert await stored_days(world) == [date(2026, 12, 31), date(2027, 1, 1)]
    assert (await world.ledger(person, 2026), await world.ledger(person, 2027)) == (("8.000", "0.000"),) * 2
    told = [body for name, _, body in await world.emitted() if name == "TrainingCompleted"]
    assert [(body["start_date"], body["end_date"]) for body in told] == [
        ("2026-12-31", "2026-12-31"),
        ("2026-12-31", "2027-01-01"),
    ]


@pytest.mark.parametrize(("zone", "answer"), [("WIB", "date-in-future"), ("WITA", "date-in-future"), ("WIT", "stored")])
async def test_today_is_today_where_the_person_serves(world, line, zone, answer):
    """At 22:30 on 31 December in Jakarta the new year is half an hour old in Jayapura."""
    world.clock.moment = at("WIB", 2026, 12, 31, 22, 30)
    await world.agency(world.here, zone)
    person = await world.person()
    [told] = await world.store(line(person, start_date="2027-01-01", end_date="2027-01-01"))
    assert (told.code if isinstance(told, Refused) else told.status) == answer


@EVERY_ZONE
async def test_a_rule_that_changes_on_1_july_changes_at_midnight_where_the_person_serves(
    world, line, rules_changing_on, zone
):
    world.parts = replace(world.parts, law=Law(rules_changing_on(date(2026, 7, 1))))
    world.clock.moment = datetime(2026, 7, 2, tzinfo=UTC)
    await world.agency(world.here, zone)
    person = await world.person()
    for moment in (at(zone, 2026, 6, 30, 23, 59), at(zone, 2026, 7, 1)):
        when = moment.isoformat()
        await world.store(line(person, form="KL07", jp=None, start_date=when, end_date=when))
    found = await world.rows("SELECT rule_pack, jp_counted FROM records ORDER BY end_date")
    assert [(row.rule_pack, row.jp_counted) for row in found] == [("jp-2018", 5), ("jp-2026", 7)]


async def test_a_session_at_night_counts_in_the_month_it_was_where_the_person_served(world, line):
    """Two sessions a month count. A third at 00:30 on 1 June in Jayapura counts in June, though in Jakarta it was still May."""
    await world.agency(world.here, "WIT")
    person = await world.person()
    nights = [at("WIT", 2026, 6, 1, 0, 30), at("WIT", 2026, 5, 4, 19), at("WIT", 2026, 5, 11, 19)]
    sent = line(
        person,
        form="NKL01",
        jp=None,
        start_date="2026-05-04",
        end_date=nights[0].astimezone(UTC).isoformat(),
        session_dates=[night.astimezone(UTC).isoformat() for night in nights],
    )
    [answer] = await world.store(sent)
    assert answer.status == "stored"
    [row] = await world.rows("SELECT session_dates, jp_counted FROM records")
    assert (row.session_dates, row.jp_counted) == ([date(2026, 5, 4), date(2026, 5, 11), date(2026, 6, 1)], 6)


async def test_on_the_night_of_a_move_the_agency_is_the_one_of_the_day_in_jakarta(world, line):
    await world.agency(world.there, "WIB")
    await world.agency(world.here, "WIT")
    moved = [(world.there, date(2020, 1, 1), date(2026, 3, 1)), (world.here, date(2026, 3, 1), None)]
    person = await world.person(assignments=moved)
    for moment in (at("WIB", 2026, 2, 28, 23, 30), at("WIB", 2026, 3, 1, 0, 30)):
        await world.store(line(person, start_date="2026-02-28", end_date=moment.isoformat()))
    rows = await world.rows("SELECT agency_id, end_date FROM records ORDER BY id")
    assert [tuple(row) for row in rows] == [(world.there, date(2026, 2, 28)), (world.here, date(2026, 3, 1))]


def places(*spans: tuple[Zone, date, date | None]) -> list[AgencyPlace]:
    return [AgencyPlace(region=None, zone=zone, valid_from=start, valid_to=end) for zone, start, end in spans]


@EVERY_CHANGE
async def test_new_year_is_by_the_clock_of_its_own_night_when_the_zone_changes_in_between(world, line, before, after):
    world.clock.moment = datetime(2027, 1, 2, tzinfo=UTC)
    change = date(2026, 7, 1)
    told = places((before, FIRST_DAY, change), (after, change, None))
    await world.agency(world.here, after, places=told)
    person = await world.person()
    for zone, year in ((before, 2026), (after, 2027)):
        for night in (at(zone, year - 1, 12, 31, 23, 30), at(zone, year, 1, 1, 0, 30)):
            when = night.astimezone(UTC).isoformat()
            [answer] = await world.store(line(person, start_date=when, end_date=when))
            assert answer.status == "stored"
    nights = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert await stored_days(world) == nights


@EVERY_CHANGE
async def test_on_the_night_of_a_change_of_zone_the_old_clock_holds_until_midnight_in_jakarta(
    world, line, before, after
):
    world.clock.moment = datetime(2027, 1, 2, tzinfo=UTC)
    change = date(2027, 1, 1)
    await world.agency(world.here, after, places=places((before, FIRST_DAY, change), (after, change, None)))
    person = await world.person()
    midnight = at("WIB", 2027, 1, 1)
    for minutes in (-150, -90, -30, 30):
        when = (midnight + timedelta(minutes=minutes)).isoformat()
        await world.store(line(person, start_date="2026-12-31", end_date=when))
    ahead = {"WIB": 0, "WITA": 1, "WIT": 2}[before]
    old = date(2026, 12, 31)
    assert await stored_days(world) == [old, *([old] * (2 - ahead)), *([change] * ahead), change]


async def test_when_an_agency_changes_its_zone_records_keep_their_day(world, line):
    await world.agency(world.here, "WIB")
    person = await world.person()
    sent = line(person, start_date="2026-03-02", end_date="2026-03-02T16:30:00Z")
    [first] = await world.store(sent)
    await world.agency(world.here, "WIT", sequence=2)
    [again] = await world.store(sent)
    assert (again.status, again.id) == ("duplicate", first.id)
    assert await stored_days(world) == [date(2026, 3, 2)]
    # Another body with the same words is read by the clock of now.
    [other] = await world.store(sent | {"reference": "T-other"})
    assert other.status == "stored"
    assert await stored_days(world) == [date(2026, 3, 2), date(2026, 3, 3)]


async def test_a_correction_may_name_a_moment(world, api, line):
    await world.agency(world.here, "WIT")
    person = await world.person()
    [stored] = await world.store(line(person))
    new = {name: value for name, value in line(person).items() if name not in {"reference", "source_name", "person_id"}}
    new |= {"end_date": "2026-03-03T16:30:00+00:00", "reason": "Selesai malam hari"}
    answer = await api.call("agency_hr", "PUT", f"/trainings/{stored.id}", new)
    assert (answer.status_code, answer.json()["end_date"]) == (200, "2026-03-04")


async def test_a_moment_costs_an_upload_one_statement_more(world, api, line):
    person = await world.person()
    await api.bulk("/trainings:batch", [line(person)])
    counts = []
    for ends in (["2026-03-03"] * 20, ["2026-03-03T10:00:00+07:00"] * 20):
        with counted_statements(world.database) as statements:
            answers = await api.bulk("/trainings:batch", [line(person, end_date=end) for end in ends])
        assert {answer["status"] for answer in answers} == {"stored"}
        counts.append(len(statements))
    assert counts[1] == counts[0] + 1


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("2026-03-03T10:00:00", "date-invalid"),
        ("2026-03-03 10:00:00Z", "date-invalid"),
        ("2026-03-03T25:00:00Z", "when-invalid"),
        ("2026-03-03T10:00:00+99:00", "when-invalid"),
        ("1899-12-31T23:00:00Z", "when-invalid"),
        ("2201-01-01T00:00:00Z", "when-invalid"),
        ("1772500000", "date-invalid"),
        (1772500000, "date-invalid"),
        ("03-03-2026", "date-invalid"),
        (None, "date-invalid"),
    ],
)
async def test_what_is_neither_a_day_nor_a_moment_is_refused(world, api, line, when, code):
    person = await world.person()
    sent = line(person) | {"end_date": when}
    assert await api.refused("service", "POST", "/trainings", sent) == (422, code, "end_date")
    [answer] = await api.bulk("/trainings:batch", [sent])
    assert (answer["code"], answer["field"]) == (code, "end_date")
