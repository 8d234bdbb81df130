"""What is kept of people, what a service hears of them, and how they are found and held."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from common.ids import new_id
from common.store.database import counted_statements
from contracts.events.training import TrainingRevoked
from jejak_local.harness import AGENCY, OTHER_AGENCY, caller, received, waits_for_a_lock

JOINED, DAY, LATER = date(2020, 1, 1), date(2026, 3, 10), date(2026, 5, 1)


def revoked(person: UUID) -> TrainingRevoked:
    return TrainingRevoked(record_id=new_id(), person_id=person, agency_id=AGENCY, year=2026, reason="ganda")


async def lock(service, ids=(), nip_hashes=()):
    async with service.database.transaction() as session:
        return await service.copies.lock(session, ids, nip_hashes)


async def named_by(service, nip_hash: str) -> UUID | None:
    found = (await lock(service, nip_hashes=[nip_hash])).by_nip
    assert found.keys() <= {nip_hash, *found}
    return found[nip_hash].person_id if nip_hash in found else None


async def test_everything_told_is_kept_as_it_is_told(service):
    person = service.person(
        posts=[("ahli_pertama", JOINED, DAY), ("ahli_muda", DAY, None)],
        assignments=[(OTHER_AGENCY, JOINED, DAY), (AGENCY, DAY, None)],
        absences=[("leave", DAY, LATER)],
        statuses=[("active", JOINED, DAY), ("leave", DAY, LATER), ("active", LATER, None)],
        educations=[("S1", JOINED, DAY), ("S2", DAY, None)],
        former_nip_hashes=["first", "second"],
    )
    await service.told(person)
    table = service.copies.table
    async with service.database.reading() as session:
        [row] = await session.execute(select(table))
        assert row._asdict() == {
            name: getattr(person, name, 1)
            for name in table.c.keys()  # noqa: SIM118 - a collection of columns
        }
        for name, history in service.copies.histories.items():
            if name == "former_numbers":
                continue
            told = [part for part in getattr(person, name) if name != "statuses" or part.status != "active"]
            rows = (await session.execute(select(history).order_by(history.c.number))).all()
            assert [row.number for row in rows] == list(range(1, len(told) + 1))
            for row, part in zip(rows, told, strict=True):
                kept = {
                    column: value for column, value in row._asdict().items() if column not in {"person_id", "number"}
                }
                assert kept == part.model_dump(include=kept.keys())
    assert await service.rows("SELECT number, nip_hash FROM former_numbers ORDER BY 1") == [(1, "first"), (2, "second")]


@pytest.mark.parametrize("order", [*permutations((1, 2, 3))])
@pytest.mark.parametrize("together", [True, False])
async def test_the_highest_version_wins_in_any_order(service, order, together):
    person = new_id()
    versions = {
        1: service.person(person_id=person),
        2: service.person(person_id=person, posts=[("ahli_muda", JOINED, DAY), ("ahli_madya", DAY, None)]),
        3: service.person(person_id=person, jenjang="ahli_madya", posts=[("ahli_madya", JOINED, None)]),
    }
    batch = [received(versions[number], number) for number in order]
    for part in [batch] if together else [[each] for each in batch]:
        await service.hear(*part)
    assert await service.rows("SELECT jenjang, sequence FROM people") == [("ahli_madya", 3)]
    assert await service.rows("SELECT jenjang, valid_from FROM posts") == [("ahli_madya", JOINED)]


async def test_a_period_of_no_days_is_left_out(service):
    twice = [("ahli_pertama", DAY, DAY), ("ahli_muda", DAY, None)]
    await service.told(
        service.person(
            posts=twice, assignments=[(OTHER_AGENCY, DAY, DAY), (AGENCY, DAY, None)], absences=[("leave", DAY, DAY)]
        )
    )
    assert await service.rows("SELECT number, jenjang FROM posts") == [(1, "ahli_muda")]
    assert await service.rows("SELECT number, agency_id FROM assignments") == [(1, AGENCY)]
    assert await service.rows("SELECT * FROM absences") == []


async def test_events_from_before_statuses_and_degrees_had_dates_are_read_as_if_they_told_of_them(service):
    person = service.person(
        absences=[("leave", DAY, LATER)], status="retired", left_on=date(2026, 8, 1), education="S2"
    )
    old = person.model_copy(update={"statuses": [], "educations": []})
    await service.told(old)
    kept = [("leave", DAY, LATER), ("retired", date(2026, 8, 1), None)]
    assert await service.rows("SELECT status, valid_from, valid_to FROM statuses ORDER BY number") == kept
    assert await service.rows("SELECT degree, valid_from FROM educations") == [("S2", JOINED)]
    await service.told(old.model_copy(update={"status": "active"}), sequence=2)
    assert await service.rows("SELECT status FROM statuses ORDER BY number") == [("leave",), ("retired",)]


async def test_a_service_hears_of_whom_it_knew_nothing_and_of_whom_otherwise(service):
    first, second = sorted([new_id(), new_id()])
    news = await service.told(service.person(person_id=second))
    assert (news.arrived, news.changed, list(news.told)) == ([second], [], [second])
    states = [service.person(person_id=each, jenjang="ahli_madya") for each in (second, first)]
    news = await service.told(*states, sequence=2)
    assert (news.arrived, news.changed, news.told) == ([first], [second], {first: states[1], second: states[0]})
    assert (news.redated, news.moved) == ([], [])
    await service.told(*states, sequence=2)
    assert len(service.news) == 2, "nothing new, nothing heard"


@pytest.mark.parametrize(
    ("changes", "redated", "moved"),
    [
        ({"left_on": LATER}, True, False),
        ({"joined_on": date(2019, 1, 1)}, True, False),
        ({"assignments": [(AGENCY, JOINED, DAY), (OTHER_AGENCY, DAY, None)]}, False, True),
        ({"assignments": [(AGENCY, DAY, None)]}, False, True),
        ({"unit_id": UUID(int=5), "unit_name": "Biro Umum"}, False, False),
        ({"absences": [("leave", DAY, LATER)], "posts": []}, False, False),
    ],
)
async def test_other_days_and_other_places_are_told_apart(service, changes, redated, moved):
    person, other = service.person(), service.person()
    await service.told(person, other)
    changed = service.person(person_id=person.person_id, **changes)
    if "unit_id" in changes:
        part = changed.assignments[0].model_copy(update=changes)
        changed = changed.model_copy(update={"assignments": [part]})
    news = await service.told(changed, other, sequence=2)
    whom = [person.person_id]
    assert (news.redated, news.moved) == (whom if redated else [], whom if moved else [])


async def test_what_waited_for_somebody_is_taken_up_when_they_arrive_and_not_before(service):
    person, other = new_id(), new_id()
    events = [revoked(person), revoked(other)]
    await service.hear(*(received(event) for event in events))
    assert service.taken == []
    await service.told(service.person(person_id=person))
    assert service.taken == [events[0].record_id]
    await service.told(service.person(person_id=person), sequence=2)
    assert await service.rows("SELECT awaited FROM waiting") == [(other,)]


async def test_nobody_arrives_between_asking_who_is_known_and_laying_aside_what_waits(service):
    """The event is laid aside or applied, whichever comes first: it never waits for somebody who is here."""
    person = new_id()
    async with service.database.transaction() as session:
        await service.records.handler(session, [received(revoked(person))])
        arrival = asyncio.create_task(service.told(service.person(person_id=person)))
        await waits_for_a_lock(session, arrival)
    await arrival
    assert len(service.taken) == 1
    assert await service.rows("SELECT * FROM waiting") == []


async def test_a_number_finds_its_person_and_so_does_each_they_had_before(service):
    person = new_id()
    await service.told(service.person(person_id=person, nip_hash="newest", former_nip_hashes=["old", "new"]))
    assert {await named_by(service, number) for number in ("old", "new", "newest")} == {person}
    assert await named_by(service, "nobody's") is None
    await service.told(service.person(person_id=person, nip_hash="mended"), sequence=2)
    assert [await named_by(service, number) for number in ("newest", "old", "mended")] == [None, None, person]


@pytest.mark.parametrize("former", [False, True])
async def test_a_number_that_two_have_at_the_moment_finds_nobody_until_it_has_moved(service, former):
    """Two people's events have no common order: it may be told of as the other's before it is freed."""
    giver, taker = new_id(), new_id()
    has = {"nip_hash": "other", "former_nip_hashes": ["number"]} if former else {"nip_hash": "number"}
    await service.told(service.person(person_id=giver, **has), service.person(person_id=taker, nip_hash="number"))
    found = await lock(service, [giver], ["number"])
    assert found.by_id.keys() == {giver, taker}
    assert "number" not in found.by_nip
    await service.told(service.person(person_id=giver, nip_hash="other"), sequence=2)
    assert await named_by(service, "number") == taker


async def test_who_is_held_knows_when_they_serve_and_where(service):
    moved = service.person(assignments=[(OTHER_AGENCY, JOINED, DAY), (AGENCY, DAY, None)], left_on=LATER)
    stayed = service.person(agency_id=OTHER_AGENCY, assignments=[(OTHER_AGENCY, JOINED, None)])
    await service.told(moved, stayed)
    found = (await lock(service, [moved.person_id, stayed.person_id, new_id()])).by_id
    assert found.keys() == {moved.person_id, stayed.person_id}
    first, second = found[moved.person_id], found[stayed.person_id]
    eve = DAY - timedelta(days=1)
    assert [first.agency_on(day) for day in (date(2019, 1, 1), eve, DAY)] == [OTHER_AGENCY, OTHER_AGENCY, AGENCY]
    assert [first.in_service(day) for day in (date(2019, 12, 31), JOINED, LATER)] == [False, True, False]
    assert (second.agency_on(eve), second.assignments) == (OTHER_AGENCY, [])


async def test_people_are_held_in_the_order_of_their_ids_whoever_is_named_first(service):
    first, second = sorted([new_id(), new_id()])
    for person in (second, first):  # as they lie on disk
        await service.told(service.person(person_id=person))
    engine = service.database.engine
    async with engine.begin() as holder, engine.connect() as asker:
        await holder.exec_driver_sql(f"SELECT FROM people WHERE person_id = '{second}' FOR NO KEY UPDATE")
        both = asyncio.create_task(lock(service, [second, first]))
        await waits_for_a_lock(asker, both)
        with pytest.raises(DBAPIError, match="could not obtain lock"):
            await asker.exec_driver_sql(f"SELECT FROM people WHERE person_id = '{first}' FOR NO KEY UPDATE NOWAIT")
    assert len((await both).by_id) == 2


async def test_foreign_keys_do_not_wait_for_who_is_held(service):
    person = service.person()
    await service.told(person)
    async with service.database.transaction() as session, service.database.engine.begin() as other:
        await service.copies.lock(session, [person.person_id])
        await other.exec_driver_sql("SELECT FROM people FOR KEY SHARE NOWAIT")


async def test_a_caller_sees_the_people_of_their_agency_or_themselves(service):
    mine, theirs = service.person(), service.person(agency_id=OTHER_AGENCY)
    await service.told(mine, theirs)
    mine_id, theirs_id = mine.person_id, theirs.person_id
    for principal, seen in (
        (caller("lan"), {mine_id, theirs_id}),
        (caller("agency_hr", agency=AGENCY), {mine_id}),
        (caller("person", person=theirs_id), {theirs_id}),
        (caller("verifier", "person", agency=AGENCY, person=theirs_id), {mine_id, theirs_id}),
        (caller("person", agency=AGENCY, person=new_id()), set()),
        (caller("provider", provider=uuid4()), set()),
        (caller("inspector"), set()),
        (replace(caller("analis", region="Jawa Barat"), region=frozenset({(OTHER_AGENCY, None, None)})), {theirs_id}),
        (replace(caller("analis", region="Papua"), region=frozenset()), set()),
    ):
        async with service.database.reading() as session:
            found = await session.scalars(select(service.copies.c.person_id).where(service.copies.seen_by(principal)))
            assert set(found) == seen, principal


async def test_a_history_of_nobody_is_seen(service):
    person = service.person(former_nip_hashes=["old"], absences=[("leave", DAY, LATER)])
    await service.told(person)
    [held] = service.copies.invariants
    assert await service.rows(held.query) == []
    async with service.database.transaction() as session:
        await session.execute(text("DELETE FROM people"))
    found = await service.rows(held.query)
    assert {history for history, _ in found} == {"former_numbers", "assignments", "posts", "absences", "educations"}


async def test_statements_do_not_grow(service):
    heard, held = [], []
    for size in (1, 200):
        states = [
            service.person(absences=[("leave", DAY, LATER)], former_nip_hashes=[uuid4().hex]) for _ in range(size)
        ]
        with counted_statements(service.database) as statements:
            await service.told(*states)
        heard.append(len(statements))
        with counted_statements(service.database) as statements:
            await lock(service, [state.person_id for state in states], [state.nip_hash for state in states])
        held.append(len(statements))
    # Who is known, room for others, people; out and in of five histories, and out of statuses and holdings, of which there are none;
    # what waited.
    assert heard == [3 + 2 * 5 + 2 + 1] * 2
    assert held == [2, 2]
