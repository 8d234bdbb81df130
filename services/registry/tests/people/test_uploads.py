"""People line by line: many in one transaction, in order, without deadlock."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from common.auth import Principal
from common.bulk import CHUNK
from common.database import Database, counted_statements
from registry.people.commands import upsert_people
from registry.people.schemas import PersonIn
from registry.writing import Writing

BROKEN = '{"nip": "1990'


def crowd(count: int, first: int = 0, **changes):
    """`count` PNS of K-001, each with a birthday of their own."""
    lines = []
    for number in range(first, first + count):
        born = date(1985, 1, 1) + timedelta(days=number % 3000)
        lines.append(
            {
                "nip": f"{born:%Y%m%d}2015011{1 + number // 3000:03d}",
                "name": f"Pegawai {number}",
                "staff_type": "PNS",
                "agency_code": "K-001",
                "unit_code": f"K-001-U0{1 + number % 2}",
                "jenjang": "ahli_muda",
                "golongan": "III/c",
                "position": "Perencana Ahli Muda",
                "education": "S1",
                "joined_on": "2015-01-01",
                **changes,
            }
        )
    return lines


async def test_stored_then_unchanged_then_updated(service, nation, emitted, clock):
    lines = crowd(3)
    first = await service.upload("/people:batch", lines)
    assert [(answer["line"], answer["status"]) for answer in first] == [(1, "stored"), (2, "stored"), (3, "stored")]
    assert [received.sequence for received in await emitted()] == [1, 1, 1]

    clock.moment += timedelta(days=30)
    again = await service.upload("/people:batch", lines)
    assert [answer["status"] for answer in again] == ["unchanged"] * 3
    assert [answer["id"] for answer in again] == [answer["id"] for answer in first]
    assert await emitted() == []

    lines[1]["golongan"] = "III/d"
    third = await service.upload("/people:batch", lines)
    assert [answer["status"] for answer in third] == ["unchanged", "updated", "unchanged"]
    [received] = await emitted()
    assert (str(received.event.person_id), received.sequence) == (first[1]["id"], 2)
    assert [(post.golongan, post.valid_from) for post in received.event.posts] == [
        ("III/c", date(2015, 1, 1)),
        ("III/d", date(2026, 12, 20)),
    ]
    person = (await service.get(f"/people/{first[0]['id']}")).json()
    assert person["version"] == 1


async def test_a_history_sent_as_dated_lines_can_be_sent_again(service, nation, emitted):
    [one] = crowd(1)
    lines = [
        one | {"status": "active", "valid_from": "2015-01-01"},
        one | {"status": "study", "valid_from": "2025-09-01"},
        one | {"status": "active", "valid_from": "2026-09-01", "golongan": "III/d"},
    ]
    assert [a["status"] for a in await service.upload("/people:batch", lines)] == ["stored", "updated", "updated"]
    [received] = await emitted()
    assert received.sequence == 1
    assert [(part.status, part.valid_from, part.valid_to) for part in received.event.absences] == [
        ("study", date(2025, 9, 1), date(2026, 9, 1))
    ]
    assert [a["status"] for a in await service.upload("/people:batch", lines)] == ["unchanged"] * 3
    assert await emitted() == []


async def test_each_line_gets_its_answer_and_nothing_else_is_lost(service, nation, a_person, emitted):
    good = crowd(4)
    answers = await service.upload(
        "/people:batch",
        [
            good[0],
            BROKEN,
            a_person(nip="199001012015131001"),
            "",
            a_person(agency_code="X-1"),
            a_person(unit_code="D-001-U01"),
            good[1],
            a_person(golongan="IV/a"),
            a_person(nip="199001012027011001"),
            "[]",
            a_person(salary=5),
            {**good[2], "name": "x" * 70_000},
            a_person(nip=None),
            good[3],
        ],
        **{"accept-language": "en"},
    )
    assert [(answer["line"], answer.get("code", answer["status"]), answer.get("field")) for answer in answers] == [
        (1, "stored", None),
        (2, "invalid-json", None),
        (3, "nip-invalid", "nip"),
        (5, "agency-unknown", "agency_code"),
        (6, "unit-unknown", "unit_code"),
        (7, "stored", None),
        (8, "jenjang-golongan-mismatch", "golongan"),
        (9, "nip-in-future", "nip"),
        (10, "field-invalid", None),
        (11, "field-unknown", "salary"),
        (12, "line-too-long", None),
        (13, "field-invalid", "nip"),
        (14, "stored", None),
    ]
    assert answers[3]["message"] == "There is no such agency."
    assert "199001012015131001" not in str(answers)
    assert len(await emitted()) == 3


async def test_the_same_nip_twice_in_order(service, nation, emitted, a_person):
    answers = await service.upload(
        "/people:batch",
        [
            a_person(golongan="IX"),
            a_person(),
            a_person(),
            a_person(golongan="III/d", valid_from="2024-04-01"),
            a_person(golongan="IV/a"),
        ],
    )
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "golongan-unknown",
        "stored",
        "unchanged",
        "updated",
        "jenjang-golongan-mismatch",
    ]
    assert len({answer["id"] for answer in answers if "id" in answer}) == 1
    [received] = await emitted()
    assert received.sequence == 1
    assert [post.golongan for post in received.event.posts] == ["III/c", "III/d"]


async def test_the_number_of_statements_does_not_grow(service, nation, database):
    counts = []
    for first, size in ((0, 2), (100, CHUNK)):
        lines = crowd(size, first)
        with counted_statements(database) as created:
            await service.upload("/people:batch", lines)
        with counted_statements(database) as unchanged:
            await service.upload("/people:batch", lines)
        changed_lines = [{**line, "golongan": "III/d", "unit_code": None, "name": "Lain"} for line in lines]
        with counted_statements(database) as changed:
            await service.upload("/people:batch", changed_lines)
        counts.append((len(created), len(unchanged), len(changed)))
    assert counts == [(12, 9, 15)] * 2


@pytest.mark.parametrize("known", [False, True])
async def test_opposite_orders_do_not_deadlock(service, nation, database, emitted, clock, settings, known):
    """Somebody holds the middle line until both uploads have taken what they can; then each needs the other's."""
    lines = crowd(101)
    if known:
        await service.upload("/people:batch", lines)
        await emitted()
    writing = Writing.at(clock, Principal("loader", frozenset({"service"})), settings.nip_key.get_secret_value())

    async def chunk(name: str, lines: list[dict]) -> set[str]:
        # Not through the upload, which would try again after a deadlock.
        documents = [PersonIn.model_validate({**line, "name": name}) for line in lines]
        async with database.transaction() as session:
            return {answer.status for answer in await upsert_people(session, documents, writing)}

    async with database.engine.connect() as holder:
        middle = {"nip": lines[50]["nip"]}
        if known:
            held = "SELECT FROM people WHERE id = (SELECT person_id FROM nips WHERE nip = :nip) FOR UPDATE"
        else:
            held = "INSERT INTO nips (nip, person_id) VALUES (:nip, gen_random_uuid())"
        await holder.execute(text(held), middle)
        uploads = [
            asyncio.create_task(chunk("Maju", lines)),
            asyncio.create_task(chunk("Mundur", [*reversed(lines)])),
        ]
        await until_waiting(database, 2)
        await holder.rollback()
    assert await asyncio.gather(*uploads) in ([{"updated"}] * 2, [{"stored"}, {"updated"}], [{"updated"}, {"stored"}])
    async with database.reading() as session:
        people = (await session.execute(text("SELECT count(*), count(DISTINCT name) FROM people"))).one()
    assert tuple(people) == (101, 1)
    sequences: dict[object, list[int]] = {}
    for received in await emitted():
        sequences.setdefault(received.event.person_id, []).append(received.sequence)
    assert list(sequences.values()) == [[2, 3] if known else [1, 2]] * 101


async def until_waiting(database: Database, count: int) -> None:
    """Returns when this many sessions wait for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while True:
        async with database.reading() as session:
            if await session.scalar(waiting) == count:
                return
        await asyncio.sleep(0.02)


async def test_a_new_person_in_two_uploads_at_once_is_one_person(service, nation, a_person, emitted):
    answers = await asyncio.gather(*(service.upload("/people:batch", [a_person()]) for _ in range(8)))
    assert sorted(answer["status"] for [answer] in answers) == ["stored", *["unchanged"] * 7]
    assert len({answer["id"] for [answer] in answers}) == 1
    assert len(await emitted()) == 1


async def test_a_transfer_through_an_upload(service, nation, emitted, a_person):
    [stored] = await service.upload("/people:batch", [a_person()])
    moved = a_person(agency_code="D-001", unit_code="D-001-U01", valid_from="2026-10-01")
    [answer] = await service.upload("/people:batch", [moved])
    assert (answer["status"], answer["id"]) == ("updated", stored["id"])
    _, received = await emitted()
    assert received.event.agency_id == nation.agencies["D-001"]
    assert received.event.assignments[1].valid_from == date(2026, 10, 1)


async def test_a_rename_of_a_unit_never_leaves_an_old_name_with_its_people(service, nation, emitted):
    unit = nation.units["K-001-U01"]
    renames = (service.put(f"/units/{unit}", {"code": "K-001-U01", "name": f"Nama {n}"}) for n in range(5))
    uploads = (service.upload("/people:batch", crowd(50, 50 * n)) for n in range(5))
    done = await asyncio.gather(*(one for pair in zip(renames, uploads, strict=True) for one in pair))
    assert {answer.status_code for answer in done[::2]} == {200}
    final = next(
        unit["name"]
        for unit in (await service.get(f"/agencies/{nation.agencies['K-001']}/units")).json()["items"]
        if unit["code"] == "K-001-U01"
    )
    last = {received.event.person_id: received.event for received in await emitted()}
    assert len(last) == 250
    assert {event.unit_name for event in last.values() if event.unit_id == unit} == {final}
