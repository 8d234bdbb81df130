"""Shortfalls after their sweep: resolved, opened again, and never missed while a sweep runs."""

import asyncio
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text

from common.store.database import counted_statements
from jejak_local.harness import owning, waits_for_a_lock
from training.ledger.commands import Change, Moved
from training.soundings import commands, shortfalls
from training.soundings.invariants import INVARIANTS

ONE, TWO = (UUID(int=number) for number in (1, 2))
MAY, SEPTEMBER = "2026-05-01", "2026-09-01"


def names(found):
    return [type(each.event).__name__.removeprefix("JPShortfall") for each in found]


async def test_hours_that_reach_what_was_due_resolve(sounding, world, line):
    person, other = await world.person(agency=ONE), await world.person(agency=ONE)
    sweep_id = await sounding.sweep_only(2026, 1, MAY)
    await world.store(line(person, jp="4"))
    assert names(await sounding.events()) == ["Detected"]
    await world.store(line(person, jp="4"))
    [_, resolved] = await sounding.events()
    assert resolved.event.model_dump() == {
        "sweep_id": sweep_id,
        "year": 2026,
        "period": 1,
        "agency_id": ONE,
        "person_id": person,
        "verified": Decimal("8.000"),
        "threshold": Decimal("6.660"),
    }
    assert (resolved.event.key(), resolved.sequence) == (ONE, 2)
    assert await sounding.shortfalls() == {person: ("resolved", "6.660", "0.000"), other: ("open", "6.660", "6.660")}
    assert await sounding.broken() == []


async def test_more_hours_resolve_nothing_twice(sounding, world, line):
    person = await world.person()
    await sounding.sweep_only(2026, 1, MAY)
    for _ in range(3):
        await world.store(line(person))
    assert names(await sounding.events()) == ["Detected", "Resolved"]


async def test_each_period_is_resolved_by_its_own_threshold(sounding, world):
    person = await world.person()
    await sounding.sweep(SEPTEMBER)
    await sounding.reach(person, "7")
    assert [(each.event.period, names([each])) for each in (await sounding.events())[2:]] == [(1, ["Resolved"])]
    await sounding.reach(person, "7")
    assert [each.event.period for each in (await sounding.events())[3:]] == [2]
    assert await sounding.broken() == []


async def test_one_upload_can_resolve_all_periods_of_many(sounding, world):
    people = await world.people(*(world.state(agency=ONE) for _ in range(20)))
    await sounding.sweep(SEPTEMBER)
    moves = [Moved(person, 2026, Decimal(20), Decimal(0)) for person in people]
    await sounding.step(lambda s: sounding.move(s, moves))
    resolved = (await sounding.events())[2:]
    assert {(each.event.period, each.event.person_id) for each in resolved} == {
        (p, who) for p in (1, 2) for who in people
    }
    assert len(resolved) == 40


async def test_unverified_hours_resolve_nothing(sounding, world):
    person = await world.person()
    await sounding.sweep_only(2026, 1, MAY)
    moved = Moved(person, 2026, Decimal(0), Decimal(20))
    await sounding.step(lambda s: sounding.move(s, [moved]))
    assert names(await sounding.events()) == ["Detected"]


async def test_hours_of_another_year_resolve_nothing(sounding, world):
    person = await world.person()
    await sounding.sweep_only(2026, 1, MAY)
    await sounding.reach(person, "20", year=2025)
    assert names(await sounding.events()) == ["Detected"]


async def test_a_revoked_record_opens_the_shortfall_again(sounding, world, line, api):
    unit = (UUID(int=5), "Biro Umum")
    person = await world.person(unit=unit)
    sweep_id = await sounding.sweep_only(2026, 1, MAY)
    [stored] = await world.store(line(person))
    answer = await api.call("agency_hr", "POST", f"/trainings/{stored.id}/revoke", {"reason": "Sertifikat palsu"})
    assert answer.status_code == 200, answer.text
    [_, _, opened] = await sounding.events()
    [told] = opened.event.people
    assert (opened.event.kind, opened.event.sweep_id, opened.event.as_of) == ("reopened", sweep_id, date(2026, 5, 1))
    assert (opened.event.page, opened.event.pages, opened.event.people_total, opened.event.short_total) == (1, 1, 1, 1)
    assert (told.person_id, told.unit_id, told.unit_name, told.missing) == (person, *unit, Decimal("6.660"))
    assert opened.sequence == 3
    assert await sounding.shortfalls() == {person: ("open", "6.660", "6.660")}
    assert await sounding.broken() == []


async def test_a_corrected_record_opens_and_resolves(sounding, world, line, api):
    person = await world.person()
    await sounding.sweep_only(2026, 1, MAY)
    first = line(person)
    [stored] = await world.store(first)
    for jp in ("3", "10"):
        new = {name: value for name, value in first.items() if name not in {"reference", "source_name", "person_id"}}
        answer = await api.call(
            "agency_hr", "PUT", f"/trainings/{stored.id}", new | {"jp": jp, "reason": "Salah ketik"}
        )
        assert answer.status_code == 200, answer.text
    assert names(await sounding.events()) == ["Detected", "Resolved", "Detected", "Resolved"]
    assert [each.sequence for each in await sounding.events()] == [1, 2, 3, 4]


async def test_sessions_of_a_closed_year_resolve_and_reopen_it(sounding, world, line, api):
    person = await world.person()
    await world.store(line(person, jp="16", start_date="2025-02-03", end_date="2025-02-04"))
    sweep_id = await sounding.sweep_only(2025, 3, "2026-01-01")
    over_new_year = {"start_date": "2025-12-02", "end_date": "2026-02-02"}
    dates = {"session_dates": ["2025-12-02", "2025-12-09", "2026-02-02"]}
    [stored] = await world.store(line(person, form="NKL02", jp=None, **over_new_year, **dates))
    assert (await sounding.shortfalls(sweep_id))[person][0] == "resolved"
    moved = {"session_dates": ["2025-12-02", "2026-02-01", "2026-02-02"], "reason": "Salah tanggal"}
    body = {"form": "NKL02", "title": "Mentoring", **over_new_year, **moved}
    answer = await api.call("agency_hr", "PUT", f"/trainings/{stored.id}", body)
    assert answer.status_code == 200, answer.text
    assert (await sounding.shortfalls(sweep_id))[person][0] == "open"
    assert names(await sounding.events()) == ["Detected", "Resolved", "Detected"]
    assert await sounding.broken() == []


async def test_each_opening_has_an_id_of_its_own(sounding, world):
    person = await world.person()
    await sounding.sweep_only(2026, 1, MAY)
    for hours in ("8", "-8", "8", "-8"):
        await sounding.reach(person, hours)
    found = await sounding.events()
    assert names(found) == ["Detected", "Resolved", "Detected", "Resolved", "Detected"]
    assert len({each.id for each in found}) == 5


async def test_who_met_it_at_the_sweep_and_falls_below_is_announced(sounding, world):
    fell, still_enough = await world.person(agency=ONE), await world.person(agency=ONE)
    for person in (fell, still_enough):
        await sounding.reach(person, "10")
    await sounding.sweep_only(2026, 1, MAY)
    await sounding.reach(fell, "-4")
    await sounding.reach(still_enough, "-3")
    [opened] = await sounding.events()
    assert [person.person_id for person in opened.event.people] == [fell]
    assert (opened.event.people_total, opened.event.short_total) == (2, 1)
    assert await sounding.broken() == []


async def test_who_was_not_counted_is_not_announced_when_hours_are_revoked(sounding, world):
    left, newcomer = await world.person(left_on=date(2026, 4, 15)), await world.person(joined_on=date(2026, 5, 1))
    for person in (left, newcomer):
        await sounding.reach(person, "10")
    await sounding.sweep_only(2026, 1, MAY)
    for person in (left, newcomer):
        await sounding.reach(person, "-10")
    assert await sounding.events() == []


async def test_more_than_a_page_falls_below(sounding, world):
    await sounding.many(1_300, ONE, verified="8")
    await sounding.many(2, TWO, verified="8")
    sweep_id = await sounding.sweep_only(2026, 1, MAY)
    people = [row.person_id for row in await world.rows("SELECT person_id FROM people")]
    moves = [Moved(person, 2026, Decimal(-2), Decimal(0)) for person in people]
    await sounding.step(lambda s: sounding.move(s, moves))
    found = [each.event for each in await sounding.events()]
    assert [(e.agency_id, e.page, e.pages, len(e.people), e.short_total) for e in found] == [
        (ONE, 1, 2, 1000, 1300),
        (ONE, 2, 2, 300, 1300),
        (TWO, 1, 1, 2, 2),
    ]
    assert {e.sweep_id for e in found} == {sweep_id}
    assert await sounding.broken() == []


async def test_a_duty_that_grows_smaller_resolves_and_one_that_grows_opens(sounding, world):
    person = await world.person()
    await sounding.reach(person, "6")
    await sounding.sweep_only(2026, 1, MAY)
    state = world.state(person_id=person, absences=[(date(2026, 3, 1), date(2026, 6, 1))])
    await world.people(state, sequence=2)  # nine months: 15 JP, 3.33 of them for the two by April
    assert await sounding.shortfalls() == {person: ("resolved", "3.330", "0.000")}
    await world.people(world.state(person_id=person), sequence=3)
    assert await sounding.shortfalls() == {person: ("open", "6.660", "0.660")}
    assert names(await sounding.events()) == ["Detected", "Resolved", "Detected"]
    assert await sounding.broken() == []


async def test_a_leave_that_moves_within_the_year_moves_what_is_due_by_when(sounding, world):
    person = await world.person(absences=[(date(2026, 3, 1), date(2026, 5, 1))])
    await sounding.reach(person, "4")
    sweep_id = await sounding.sweep_only(2026, 1, MAY)
    assert await sounding.shortfalls(sweep_id) == {}
    in_autumn = world.state(person_id=person, absences=[(date(2026, 9, 1), date(2026, 11, 1))])
    await world.people(in_autumn, sequence=2)  # ten months before and after: the same target
    assert await sounding.shortfalls(sweep_id) == {person: ("open", "6.660", "2.660")}
    in_spring = world.state(person_id=person, absences=[(date(2026, 3, 1), date(2026, 5, 1))])
    await world.people(in_spring, sequence=3)
    assert await sounding.shortfalls(sweep_id) == {person: ("resolved", "3.330", "0.000")}
    assert await sounding.broken() == []


# --- while a sweep runs


async def test_a_running_sweep_is_left_alone_until_it_is_finished(sounding, world):
    met, fell = await world.person(), await world.person()
    await sounding.reach(fell, "10")
    sweep_id = await sounding.begin(2026, 1, MAY)
    await sounding.reach(met, "10")
    await sounding.reach(fell, "-10")
    assert await sounding.events() == []
    await sounding.announce(sweep_id)
    await sounding.finish(sweep_id)
    assert [(names([each])[0], getattr(each.event, "kind", None)) for each in await sounding.events()] == [
        ("Detected", "sweep"),
        ("Resolved", None),
        ("Detected", "reopened"),
    ]
    assert await sounding.broken() == []


async def announced(sounding, world, reached: str):
    """Somebody with these hours, a sweep whose pages are all out but which is not finished, and how many events there are."""
    person = await world.person()
    if reached != "0":
        await sounding.reach(person, reached)
    sweep_id = await sounding.begin(2026, 1, MAY)
    while await sounding.announce(sweep_id):
        pass
    return person, sweep_id, len(await sounding.events())


@pytest.mark.parametrize(("before", "change", "told"), [("0", "10", "Resolved"), ("10", "-10", "Detected")])
async def test_hours_not_committed_when_the_sweep_finishes_are_not_missed(sounding, world, before, change, told):
    person, sweep_id, told_before = await announced(sounding, world, before)
    async with sounding.database.transaction() as session:
        await sounding.change(session, person, change)
        finishing = asyncio.create_task(sounding.finish(sweep_id))
        await waits_for_a_lock(session, finishing)
        assert not finishing.done()
    await finishing
    assert names((await sounding.events())[told_before:]) == [told]
    assert await sounding.broken() == []


@pytest.mark.parametrize(("before", "change", "told"), [("0", "10", "Resolved"), ("10", "-10", "Detected")])
async def test_hours_written_while_the_sweep_finishes_settle_themselves(sounding, world, before, change, told):
    person, sweep_id, told_before = await announced(sounding, world, before)
    async with sounding.database.transaction() as session:
        await commands.finish(session, world.clock, sweep_id)
        writing = asyncio.create_task(sounding.reach(person, change))
        await waits_for_a_lock(session, writing)
        assert not writing.done()
    await writing
    assert names((await sounding.events())[told_before:]) == [told]
    assert await sounding.broken() == []


async def test_a_long_writer_keeps_the_sweep_waiting_not_the_other_writers(sounding, world, monkeypatch):
    long, other = await world.person(), await world.person()
    sweep_id = await sounding.begin(2026, 1, MAY)
    await sounding.announce(sweep_id)
    async with sounding.database.transaction() as session:
        await sounding.change(session, long, "1")
        with pytest.raises(Exception, match="lock timeout"):
            await sounding.finish(sweep_id)
        await sounding.reach(other, "10")
    await sounding.finish(sweep_id)
    assert (await sounding.shortfalls())[other][0] == "resolved"


# --- cost


@pytest.mark.parametrize(
    ("swept", "lowered", "statements"),
    [(False, False, 1), (False, True, 1), (True, False, 2), (True, True, 3)],
)
async def test_statements_do_not_grow_with_people(sounding, world, swept, lowered, statements):
    people = await world.people(*(world.state() for _ in range(300)))
    if swept:
        await sounding.sweep(SEPTEMBER)
    for number in (1, 300):
        changed = [(person, 2026) for person in people[:number]]
        change = Change(fallen=changed) if lowered else Change(risen=changed)
        async with sounding.database.transaction() as session:
            with counted_statements(sounding.database) as counted:
                await shortfalls.settle(session, change, world.clock)
        assert len(counted) == statements


async def test_events_of_many_take_one_statement_more(sounding, world):
    people = await world.people(*(world.state() for _ in range(300)))
    await sounding.sweep(SEPTEMBER)
    await sounding.step(lambda s: s.execute(text("UPDATE jp_ledger SET verified = 20")))
    with counted_statements(sounding.database) as counted:
        await sounding.step(lambda s: shortfalls.settle(s, Change(risen=[(p, 2026) for p in people]), world.clock))
    assert len(counted) == 3
    assert names(await sounding.events()).count("Resolved") == 600


async def test_invariants_see_what_is_wrong(sounding, world):
    await sounding.reach(await world.person(), "10")
    await world.person()
    await sounding.sweep_only(2026, 1, MAY)
    for wrong in (
        "UPDATE jp_ledger SET verified = 20 - verified",
        "UPDATE shortfalls SET state = 'resolved'",
        "UPDATE sweeps SET people = people + 1",
        "UPDATE sweep_agencies SET short = short + 1",
        "DELETE FROM shortfalls",
        "UPDATE sweeps SET announced_page = 0, announced_agency_id = '00000000-0000-0000-0000-000000000000'",
    ):
        async with owning(sounding.database) as connection:
            await connection.execute(text(wrong))
            broken = [each.name for each in INVARIANTS if (await connection.execute(text(each.query))).all()]
            await connection.rollback()
        assert broken, wrong
    assert await sounding.broken() == []
