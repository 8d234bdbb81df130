"""What follows for the duty from what the registry tells of people."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from common.answers import Done
from common.ids import new_id
from common.store.database import counted_statements
from training.domain.duty import as_bits, duty_months
from training.ledger.commands import open_year


async def test_the_duty_is_that_of_the_newest_state_whatever_the_order(world):
    person = new_id()
    first = world.received(world.state(person_id=person), 1)
    third = world.received(world.state(person_id=person, staff_type="PPPK"), 3)
    await world.hear(world.received(world.state(person_id=person), 2))
    await world.hear(third, first)
    await world.hear(first)
    [ledger] = await world.rows("SELECT floor, ceiling, target FROM jp_ledger")
    assert (ledger.floor, ledger.ceiling, ledger.target) == (None, 24, 20)


async def test_months_of_leave_are_no_duty_until_they_are_taken_back(world):
    person = new_id()
    await world.people(world.state(person_id=person, absences=[(date(2026, 2, 1), date(2026, 4, 1))]))
    assert await world.value("SELECT bit_count(CAST(duty_months AS bit(12))) FROM jp_ledger") == 10
    await world.people(world.state(person_id=person), sequence=2)
    assert await world.value("SELECT target FROM jp_ledger") == 20


@pytest.mark.breaks_invariants("everyone in service this year has a ledger for it, once it is open")
async def test_the_duty_is_laid_for_this_year_in_jakarta(world):
    """Nobody has opened the new year for the first of both."""
    world.clock.moment = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)
    await world.person()
    world.clock.moment = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    await world.person()
    assert [row.year for row in await world.rows("SELECT year FROM jp_ledger ORDER BY year")] == [2026, 2027]


@pytest.mark.parametrize(
    ("joined_on", "left_on", "laid"),
    [
        (date(2026, 12, 31), None, True),
        (date(2027, 1, 1), None, False),
        (date(2010, 1, 1), date(2026, 1, 1), False),
        (date(2010, 1, 1), date(2026, 1, 2), True),
    ],
)
async def test_only_who_serves_in_the_year_has_a_duty(world, joined_on, left_on, laid):
    await world.person(joined_on=joined_on, left_on=left_on)
    assert await world.value("SELECT count(*) FROM jp_ledger") == laid


async def test_years_with_a_ledger_are_laid_again_and_keep_what_was_reached(world, line):
    person = new_id()
    nip = world.nip()
    await world.people(world.state(person_id=person, nip=nip))
    await world.store(line(person, end_date="2025-03-03", start_date="2025-03-03"), line(person))
    away = [(date(2025, 1, 1), date(2025, 7, 1)), (date(2026, 1, 1), date(2026, 4, 1))]
    await world.people(world.state(person_id=person, nip=nip, absences=away), sequence=2)
    rows = await world.rows(
        "SELECT year, bit_count(CAST(duty_months AS bit(12))) AS months, target, verified FROM jp_ledger ORDER BY year"
    )
    assert [(row.year, row.months, str(row.target), row.verified) for row in rows] == [
        (2025, 6, "10.000", 8),
        (2026, 9, "15.000", 8),
    ]


async def test_a_retired_person_keeps_the_row_with_what_is_left_of_the_duty(world):
    person = await world.person()
    await world.people(world.state(person_id=person, left_on=date(2026, 4, 1)), sequence=2)
    assert await world.value("SELECT duty_months FROM jp_ledger") == 0b111
    await world.people(world.state(person_id=person, left_on=date(2025, 4, 1)), sequence=3)
    assert await world.value("SELECT target FROM jp_ledger") == 0


async def test_a_number_of_a_contract_gone_by_finds_the_person_still(world, api, line):
    """A renewed NI PPPK and a nightly full sync: what was sent before is known by either number."""
    old, new, newest = world.nip(), world.nip(), world.nip()
    person = await world.person(nip=old, staff_type="PPPK")
    sent = line(nip=old)
    [record] = await world.store(sent)
    await world.people(world.state(person_id=person, nip=new, former=[old], staff_type="PPPK"), sequence=2)
    for given in (sent, sent | {"nip": new}):
        assert await world.store(given) == [Done("duplicate", record.id)]
    await world.people(world.state(person_id=person, nip=newest, former=[old, new], staff_type="PPPK"), sequence=3)
    again = [sent | {"nip": number} for number in (old, new, newest)]
    for given in again:
        assert await world.store(given) == [Done("duplicate", record.id)]
    assert [answer["status"] for answer in await api.bulk("/trainings:batch", again)] == ["duplicate"] * 3
    both = line(person, nip=old)
    assert (await world.store(both))[0].status == "stored"
    assert await world.value("SELECT count(DISTINCT person_id) FROM records") == 1


async def test_statements_do_not_grow_with_the_batch(world):
    counts = []
    for size in (1, 200):
        received = [world.received(world.state(absences=[(date(2026, 2, 1), None)])) for _ in range(size)]
        with counted_statements(world.database) as statements:
            await world.hear(*received)
        counts.append(len(statements))
    # People, then out and in: assignments, absences (none were), former numbers, posts, holdings (none were); the duty; and
    # what mentoring, and what connectors told of whoever was not known yet, each under the name of its own consumer.
    assert counts == [14, 14]


async def test_open_year_lays_the_duty_of_everyone_in_service_once(world):
    await world.people(*(world.state() for _ in range(5)), world.state(left_on=date(2027, 1, 1)))
    async with world.database.transaction() as session:
        with counted_statements(world.database) as statements:
            assert await open_year(session, 2027, world.book) == 5
        assert len(statements) == 1
        assert await open_year(session, 2027, world.book) == 0
        assert await open_year(session, 2026, world.book) == 0
    assert await world.value("SELECT count(*) FROM jp_ledger") == 11


async def test_months_in_sql_are_the_months_of_the_rule(world):
    dice = random.Random(20)

    def day():
        return date(2025, 10, 1) + timedelta(days=dice.randrange(500))

    cases = []
    for _ in range(400):
        joined_on = dice.choice([date(2010, 1, 1), day()])
        left_on = dice.choice([None, None, joined_on + timedelta(days=1 + dice.randrange(500))])
        first = day()
        absences = dice.choice([[], [(first, dice.choice([None, first + timedelta(days=1 + dice.randrange(120))]))]])
        cases.append(world.state(joined_on=joined_on, left_on=left_on, absences=absences))
    await world.people(*cases)
    async with world.database.transaction() as session:
        await open_year(session, 2025, world.book)
        await open_year(session, 2027, world.book)
    laid = await world.rows("SELECT * FROM jp_ledger")
    by_person = {case.person_id: case for case in cases}
    assert len(laid) > 700
    for row in laid:
        case = by_person[row.person_id]
        periods = [(absence.valid_from, absence.valid_to) for absence in case.absences]
        months = duty_months(row.year, case.joined_on, case.left_on, periods)
        assert row.duty_months == as_bits(months), (row.year, case)
