"""Whom a sweep finds, what it announces, and that it does so once whatever happens."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import text

from common.ids import derived_id
from common.store.database import Database, counted_statements
from jejak_local.harness import owning, waits_for_a_lock
from training.domain.caturwulan import period_of
from training.soundings import commands, daily

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
MAY = "2026-05-01"


async def test_short_is_who_has_less_than_a_third_after_april(sounding, world):
    none, below, just, more = [await world.person(agency=ONE) for _ in range(4)]
    for person, verified in ((below, "6.65"), (just, "6.66"), (more, "30")):
        await sounding.reach(person, verified)
    await sounding.sweep_only(2026, 1, MAY)
    assert await sounding.shortfalls() == {none: ("open", "6.660", "6.660"), below: ("open", "6.660", "0.010")}
    [found] = await sounding.events()
    assert found.event.agency_id == ONE
    assert (found.event.people_total, found.event.short_total) == (4, 2)
    [first, second] = sorted(found.event.people, key=lambda person: person.verified)
    assert (first.person_id, first.target, first.threshold) == (none, Decimal("20.000"), Decimal("6.660"))
    assert (second.person_id, second.verified, second.missing) == (below, Decimal("6.65"), Decimal("0.01"))
    assert await sounding.broken() == []


async def test_each_period_asks_for_its_share(sounding, world):
    person = await world.person()
    await sounding.reach(person, "7")
    await sounding.sweep("2026-09-10")
    [second] = await sounding.events()
    assert (second.event.period, second.event.people[0].threshold) == (2, Decimal("13.330"))
    await sounding.sweep("2027-01-02")
    [_, third] = await sounding.events()
    assert (third.event.year, third.event.period, third.event.people[0].missing) == (2026, 3, Decimal(13))


async def test_what_was_caught_up_before_the_sweep_counts(sounding, world, line):
    person = await world.person()
    await world.store(line(person, start_date="2026-05-04", end_date="2026-05-04"))
    await sounding.sweep_only(2026, 1, "2026-05-06")
    assert await sounding.shortfalls() == {}


async def test_people_count_where_they_served_on_the_day(sounding, world):
    def served(moved_on: str):
        day = date.fromisoformat(moved_on)
        return [(ONE, date(2010, 1, 1), day), (TWO, day, None)]

    on_the_day = await world.person(agency=TWO, assignments=served("2026-05-01"))
    the_day_after = await world.person(agency=TWO, assignments=served("2026-05-02"))
    await sounding.sweep_only(2026, 1, MAY)
    assert {found.event.agency_id: found.event.people[0].person_id for found in await sounding.events()} == {
        ONE: the_day_after,
        TWO: on_the_day,
    }


async def test_who_has_left_by_the_day_or_joined_after_the_period_is_not_counted(sounding, world):
    last_day = await world.person(left_on=date(2026, 5, 2))
    await world.person(left_on=date(2026, 5, 1))
    joined = await world.person(joined_on=date(2026, 4, 1))
    await world.person(joined_on=date(2026, 5, 1))
    await world.person(joined_on=date(2026, 6, 1))
    [outcome] = await sounding.sweep(MAY)
    assert (outcome.people, outcome.short) == (2, 2)
    assert {person for person, state in (await sounding.shortfalls()).items() if state[0] == "open"} >= {
        last_day,
        joined,
    }


async def test_a_late_joiner_owes_a_share_of_what_is_left_of_the_year(sounding, world):
    joined_in_july = await world.person(joined_on=date(2026, 7, 1))
    away_all_year = await world.person(absences=[(date(2026, 1, 1), None)])
    away_in_spring = await world.person(absences=[(date(2026, 2, 1), date(2026, 5, 1))])
    sweep_id = await sounding.sweep_only(2026, 2, "2026-09-01")
    # 2, 0 and 5 months of duty by August
    assert await sounding.shortfalls(sweep_id) == {
        joined_in_july: ("open", "3.330", "3.330"),
        away_in_spring: ("open", "8.330", "8.330"),
    }
    assert away_all_year not in await sounding.shortfalls()


async def test_13_33_of_13_333_is_met_and_19_99_of_20_is_short(sounding, world, line):
    exact, below = await world.person(), await world.person()
    await world.store(line(exact, jp="13.33"), line(below, jp="13.32"))
    sweep_id = await sounding.sweep_only(2026, 2, "2026-09-01")
    assert await sounding.shortfalls(sweep_id) == {below: ("open", "13.330", "0.010")}
    await world.store(line(below, jp="6.67"), line(exact, jp="6.67"))
    sweep_id = await sounding.sweep_only(2026, 3, "2027-01-01")
    assert await sounding.shortfalls(sweep_id) == {below: ("open", "20.000", "0.010")}
    await world.store(line(below, jp="0.01"))
    assert await sounding.shortfalls(sweep_id) == {below: ("resolved", "20.000", "0.000")}


async def test_everybody_is_in_the_ledger_before_they_are_looked_at(sounding, world):
    world.clock.moment = world.clock.moment.replace(year=2025)
    person = await world.person()
    await sounding.sweep(MAY)
    assert [(each.event.year, each.event.period) for each in await sounding.events()] == [(2026, 1)]
    assert await world.ledger(person, 2026) == ("0.000", "0.000")


async def test_missed_days_are_made_up_for_oldest_first(sounding, world):
    await world.person()
    outcomes = await sounding.sweep("2026-11-22")
    day = date(2026, 11, 22)
    assert [(one.year, one.period, one.as_of) for one in outcomes] == [(2026, 1, day), (2026, 2, day)]


async def test_the_year_before_is_swept_if_anything_is_known_of_it(sounding, world):
    person = await world.person()
    assert await sounding.sweep("2026-02-03") == []
    await sounding.reach(person, "3", year=2025)
    await world.person()
    [outcome] = await sounding.sweep("2026-02-04")
    assert (outcome.year, outcome.period, outcome.people, outcome.short) == (2025, 3, 2, 2)


async def test_a_second_run_does_nothing(sounding, world):
    await world.person()
    assert len(await sounding.sweep(MAY)) == 1
    before = await sounding.events()
    with counted_statements(sounding.database) as statements:
        assert await sounding.sweep("2026-05-02") == []
    assert await sounding.events() == before
    assert len(statements) == 2, "this year is open, and nothing is due"


async def test_pages_of_a_thousand_in_the_order_of_agency_and_person(sounding, world):
    await sounding.many(2_500, TWO)
    await sounding.many(7, ONE)
    await sounding.many(3, ONE, verified="20")
    await sounding.many(5, THREE, verified="20")
    [outcome] = await sounding.sweep(MAY)
    assert (outcome.people, outcome.short, outcome.agencies, outcome.pages) == (2_515, 2_507, 2, 4)
    found = await sounding.events()
    assert [
        (e.agency_id, e.page, e.pages, len(e.people), e.people_total, e.short_total) for e in map(_event, found)
    ] == [
        (ONE, 1, 1, 7, 10, 7),
        (TWO, 1, 3, 1000, 2500, 2500),
        (TWO, 2, 3, 1000, 2500, 2500),
        (TWO, 3, 3, 500, 2500, 2500),
    ]
    people = [person.person_id for each in found[1:] for person in each.event.people]
    assert all(before < after for before, after in pairwise(people))


def _event(found):
    return found.event


async def test_events_are_named_by_sweep_agency_and_page(sounding, world):
    await sounding.many(1_200, ONE)
    sweep_id = await sounding.sweep_only(2026, 1, MAY)
    found = await sounding.events()
    assert [each.id for each in found] == [derived_id(sweep_id, ONE, 1), derived_id(sweep_id, ONE, 2)]
    assert {each.event.sweep_id for each in found} == {sweep_id}


async def test_units_are_told_whatever_their_name(sounding, world):
    unit = (UUID(int=77), 'Biro "Hukum" & Ĳ\\ \n{SDM}')
    await world.person(unit=unit)
    await world.person()
    await sounding.sweep_only(2026, 1, MAY)
    [found] = await sounding.events()
    assert {(person.unit_id, person.unit_name) for person in found.event.people} == {unit, (None, None)}


async def test_nobody_short_is_a_finished_sweep_that_announces_nothing(sounding, world):
    await sounding.reach(await world.person(), "20")
    [outcome] = await sounding.sweep(MAY)
    assert (outcome.people, outcome.short, outcome.pages) == (1, 0, 0)
    assert await world.value("SELECT count(*) FROM sweeps WHERE state = 'done' AND finished_at IS NOT NULL") == 1


async def test_a_world_without_people(sounding):
    [outcome] = await sounding.sweep(MAY)
    assert (outcome.people, outcome.short) == (0, 0)
    assert await sounding.broken() == []


# --- once, whatever happens


async def _interrupted_before_announcing(sounding):
    return await sounding.begin(2026, 1, MAY)


async def _interrupted_between_pages(sounding):
    sweep_id = await sounding.begin(2026, 1, MAY)
    assert 0 < await sounding.announce(sweep_id) < 12
    return sweep_id


async def _interrupted_before_the_end(sounding):
    sweep_id = await sounding.begin(2026, 1, MAY)
    while await sounding.announce(sweep_id):
        pass
    return sweep_id


@pytest.mark.parametrize(
    "interrupted", [_interrupted_before_announcing, _interrupted_between_pages, _interrupted_before_the_end]
)
async def test_a_run_goes_on_where_another_stopped(sounding, world, interrupted):
    await sounding.many(10_300, TWO)
    await sounding.many(20, ONE)
    sweep_id = await interrupted(sounding)
    # What happens in between changes no page: a newcomer, a transfer, hours.
    newcomer = await world.person(agency=ONE)
    [moved] = await world.rows("SELECT person_id FROM shortfalls WHERE agency_id = :one LIMIT 1", one=ONE)
    async with owning(sounding.database) as connection:
        await connection.execute(
            text("UPDATE assignments SET agency_id = :three WHERE person_id = :person"),
            {"three": THREE, "person": moved.person_id},
        )
    await sounding.reach(moved.person_id, "1")

    [outcome] = await sounding.sweep("2026-05-03")

    assert (outcome.as_of, outcome.people, outcome.short) == (date(2026, 5, 1), 10_320, 10_320)
    *pages, left, elsewhere, later = await sounding.events()
    assert [each.id for each in pages] == [
        derived_id(sweep_id, ONE, 1),
        *(derived_id(sweep_id, TWO, page) for page in range(1, 12)),
    ]
    assert (left.event.agency_id, left.event.person_id) == (ONE, moved.person_id)
    for word, agency, person in ((elsewhere, THREE, moved.person_id), (later, ONE, newcomer)):
        [named] = word.event.people
        assert (word.event.kind, word.event.agency_id, named.person_id) == ("reopened", agency, person)
    assert await world.value("SELECT count(*) FROM sweeps") == 1
    assert await sounding.broken() == []


async def test_a_run_that_is_cut_off_amid_a_page_leaves_nothing_of_it(sounding, world):
    await sounding.many(10_300, TWO)
    sweep_id = await sounding.begin(2026, 1, MAY)
    assert await sounding.announce(sweep_id)
    async with sounding.database.engine.connect() as other:
        await other.execute(text("LOCK TABLE outbox IN EXCLUSIVE MODE"))
        cut = asyncio.create_task(sounding.announce(sweep_id))
        await waits_for_a_lock(other, cut)
        cut.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cut
        await other.rollback()
    await sounding.sweep("2026-05-02")
    found = [each.id for each in await sounding.events()]
    assert found == [derived_id(sweep_id, TWO, page) for page in range(1, 12)]


async def test_two_runs_at_once_do_everything_once(sounding, world):
    await sounding.many(10_300, TWO)
    await sounding.many(3_000, ONE)
    other = Database(sounding.database.url.render_as_string(hide_password=False))
    world.clock.moment = world.clock.moment.replace(month=5, day=1)
    try:
        runs = await asyncio.gather(
            *(daily.sweep(database, world.clock, world.book) for database in (sounding.database, other))
        )
    finally:
        await other.close()
    assert {outcome.short for run in runs for outcome in run} == {13_300}
    assert await world.rows("SELECT year, period, state FROM sweeps") == [(2026, 1, "done")]
    found = await sounding.events()
    assert len(found) == len({each.id for each in found}) == 14
    assert sum(len(each.event.people) for each in found) == 13_300
    assert await sounding.broken() == []


async def test_two_beginnings_at_once_make_one_sweep(sounding, world):
    await sounding.many(500, ONE)
    begun = await asyncio.gather(*(sounding.begin(2026, 1, MAY) for _ in range(4)))
    assert sorted(map(bool, begun)) == [False, False, False, True]
    assert await world.value("SELECT count(*) FROM shortfalls") == 500


async def test_a_beginning_that_is_cut_off_leaves_nothing(sounding, world):
    await sounding.many(3, ONE)
    with pytest.raises(asyncio.CancelledError):
        await sounding.step(lambda s: _begun_and_cut_off(s, world))
    assert await world.rows("SELECT inhrelid FROM pg_inherits WHERE inhparent = CAST('shortfalls' AS regclass)") == []
    await sounding.sweep_only(2026, 1, MAY)
    [partition] = await world.rows("SELECT DISTINCT CAST(tableoid AS regclass) AS name FROM shortfalls")
    indexes = await world.rows(
        "SELECT indexdef FROM pg_indexes WHERE schemaname || '.' || tablename = :name", **partition._mapping
    )
    assert len(indexes) == 2


async def _begun_and_cut_off(session, world):
    await commands.begin(session, world.clock, 2026, period_of(2026, 1), date(2026, 5, 1), None)
    raise asyncio.CancelledError


async def test_finishing_twice_is_finishing_once(sounding, world):
    person = await world.person()
    sweep_id = await sounding.begin(2026, 1, MAY)
    assert await sounding.announce(sweep_id) == 1
    assert await sounding.announce(sweep_id) == 0
    await sounding.reach(person, "9")
    await asyncio.gather(*(sounding.finish(sweep_id) for _ in range(3)))
    assert [type(each.event).__name__ for each in await sounding.events()] == [
        "JPShortfallDetected",
        "JPShortfallResolved",
    ]


# --- again


async def test_a_period_swept_again_is_a_new_sweep_that_says_what_it_replaces(sounding, world):
    late, met = await world.person(), await world.person()
    first = await sounding.sweep_only(2026, 1, MAY)
    await sounding.reach(met, "8")
    await world.person(joined_on=date(2026, 1, 1))
    [outcome] = await sounding.sweep("2026-05-20", again=(2026, 1))
    assert (outcome.as_of, outcome.people, outcome.short) == (date(2026, 5, 20), 3, 2)
    [second] = await world.rows("SELECT id, replaces FROM sweeps WHERE id <> :first", first=first)
    assert second.replaces == first
    pages = [each for each in await sounding.events() if hasattr(each.event, "pages")]
    assert [each.event.sweep_id for each in pages] == [first, second.id]
    assert (await sounding.shortfalls(first))[late][0] == "open"
    assert met not in await sounding.shortfalls(second.id)
    await sounding.reach(late, "7")
    assert (await sounding.events())[-1].event.sweep_id == second.id
    assert await sounding.broken() == []


async def test_again_goes_on_with_one_that_was_cut_off(sounding, world):
    await world.person()
    first = await sounding.sweep_only(2026, 1, MAY)
    second = await sounding.begin(2026, 1, "2026-05-10", replaces=first)
    await sounding.sweep("2026-05-20", again=(2026, 1))
    assert await world.rows("SELECT id, state FROM sweeps ORDER BY id") == [(first, "done"), (second, "done")]


async def test_only_one_follows_a_sweep(sounding, world):
    await world.person()
    first = await sounding.sweep_only(2026, 1, MAY)
    begun = await asyncio.gather(*(sounding.begin(2026, 1, MAY, replaces=first) for _ in range(2)))
    assert sorted(map(bool, begun)) == [False, True]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ((2026, 1), "never swept"),
        ((2026, 2), "not over"),
        ((2026, 4), "no period 4"),
        ((2011, 1), "no rule pack"),
    ],
)
async def test_again_is_refused(sounding, asked, why):
    with pytest.raises((daily.CannotSweep, LookupError), match=why):
        await sounding.sweep("2026-06-01", again=asked)


async def test_a_day_to_come_is_refused(world):
    with pytest.raises(daily.CannotSweep, match="in the future"):
        await daily.sweep(world.database, world.clock, world.book, as_of=world.clock.today() + timedelta(days=1))


async def test_the_year_opens_by_itself_and_the_last_one_stays_as_it_was(world, sounding, line):
    people = [await world.person() for _ in range(3)]
    await world.store(*(line(person) for person in people))
    shown = "SELECT to_jsonb(l) FROM jp_ledger l WHERE year = 2026 ORDER BY person_id"
    before = [tuple(row) for row in await world.rows(shown)]
    await sounding.sweep("2027-01-01")
    assert [tuple(row) for row in await world.rows(shown)] == before
    assert await world.value("SELECT count(*) FROM jp_ledger WHERE year = 2027 AND target = 20 AND verified = 0") == 3


async def test_last_year_reads_byte_for_byte_the_same_once_the_new_one_is_under_way(world, sounding, line, api):
    """But for when it was counted, and how new the newest record is: whatever comes of this year changes nothing of the last."""
    world.clock.moment = datetime(2026, 12, 31, 3, tzinfo=UTC)
    met, short = await world.person(), await world.person()
    away = await world.person(absences=[(date(2026, 1, 1), None)])
    await world.store(line(met, jp="20"), line(short), line(away, jp="4", source="self"))
    paths = [
        f"/people/{short}/jp?year=2026",
        f"/agencies/{world.here}/jp-summary?year=2026",
        "/duty-counts?by=agency&day=2026-12-31",
        "/duty-people?day=2026-12-31",
    ]

    async def read() -> list[str]:
        answers = [(await api.call("lan", "GET", path)).text for path in paths]
        return [re.sub(r'"(counted_at|newest_record_at)":"[^"]+"', "", answer) for answer in answers]

    before = await read()
    await sounding.sweep("2027-01-01")
    await world.store(line(short, jp="20", start_date="2027-01-01", end_date="2027-01-01"))
    assert await read() == before
    world.clock.moment = datetime(2027, 3, 1, 3, tzinfo=UTC)
    assert await read() == before
