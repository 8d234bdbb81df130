"""People line by line: many in one transaction, in order, without deadlock."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from sqlalchemy import text

from common.events import MAX_EVENT_BYTES
from common.store.database import counted_statements
from common.web.bulk import CHUNK
from contracts.events.registry import UnitChanged
from jejak_local.harness import FixedClock, caller, until_waiting
from registry.domain.history import Span
from registry.domain.person import KEPT_FOR_ORDINARY, MOST_SPANS, Grade, Person, Place, Schooling, Standing
from registry.people import store
from registry.people.commands import upsert_people
from registry.people.schemas import PersonIn

BROKEN = b'{"nip": "1990'


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


async def test_stored_then_unchanged_then_updated(api, nation, world, clock):
    lines = crowd(3)
    first = await api.bulk("/people:batch", lines)
    assert [(answer["line"], answer["status"]) for answer in first] == [(1, "stored"), (2, "stored"), (3, "stored")]
    assert [received.sequence for received in await world.emitted()] == [1, 1, 1]

    clock.moment += timedelta(days=30)
    again = await api.bulk("/people:batch", lines)
    assert [answer["status"] for answer in again] == ["unchanged"] * 3
    assert [answer["id"] for answer in again] == [answer["id"] for answer in first]
    assert await world.emitted() == []

    lines[1]["golongan"] = "III/d"
    third = await api.bulk("/people:batch", lines)
    assert [answer["status"] for answer in third] == ["unchanged", "updated", "unchanged"]
    [received] = await world.emitted()
    assert (str(received.event.person_id), received.sequence) == (first[1]["id"], 2)
    assert [(post.golongan, post.valid_from) for post in received.event.posts] == [
        ("III/c", date(2015, 1, 1)),
        ("III/d", date(2026, 12, 20)),
    ]
    person = await api.get(f"/people/{first[0]['id']}")
    assert person["version"] == 1


async def test_a_history_sent_as_dated_lines_can_be_sent_again(api, nation, world):
    [one] = crowd(1)
    lines = [
        one | {"status": "active", "valid_from": "2015-01-01"},
        one | {"status": "study", "valid_from": "2025-09-01"},
        one | {"status": "active", "valid_from": "2026-09-01", "golongan": "III/d"},
    ]
    assert [a["status"] for a in await api.bulk("/people:batch", lines)] == ["stored", "updated", "updated"]
    [received] = await world.emitted()
    assert received.sequence == 1
    assert [(part.status, part.valid_from, part.valid_to) for part in received.event.absences] == [
        ("study", date(2025, 9, 1), date(2026, 9, 1))
    ]
    assert [a["status"] for a in await api.bulk("/people:batch", lines)] == ["unchanged"] * 3
    assert await world.emitted() == []


async def test_each_line_gets_its_answer_and_nothing_else_is_lost(api, nation, a_person, world):
    good = crowd(4)
    answers = await api.bulk(
        "/people:batch",
        [
            good[0],
            BROKEN,
            a_person(nip="199001012015131001"),
            b"",
            a_person(agency_code="X-1"),
            a_person(unit_code="D-001-U01"),
            good[1],
            a_person(golongan="IV/a"),
            a_person(nip="199001012027011001"),
            b"[]",
            a_person(salary=5),
            {**good[2], "name": "x" * 70_000},
            a_person(nip=None),
            good[3],
        ],
        headers={"accept-language": "en"},
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
    assert len(await world.emitted()) == 3


async def test_the_same_nip_twice_in_order(api, nation, world, a_person):
    answers = await api.bulk(
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
    [received] = await world.emitted()
    assert received.sequence == 1
    assert [post.golongan for post in received.event.posts] == ["III/c", "III/d"]


async def test_the_number_of_statements_does_not_grow(api, nation, database):
    counts = []
    for first, size in ((0, 2), (100, CHUNK)):
        lines = crowd(size, first)
        with counted_statements(database) as created:
            await api.bulk("/people:batch", lines)
        with counted_statements(database) as unchanged:
            await api.bulk("/people:batch", lines)
        changed_lines = [{**line, "golongan": "III/d", "unit_code": None, "name": "Lain"} for line in lines]
        with counted_statements(database) as changed:
            await api.bulk("/people:batch", changed_lines)
        counts.append((len(created), len(unchanged), len(changed)))
    assert counts == [(12, 12, 19)] * 2, "one of them reads the tags, one the promotions"


@pytest.mark.parametrize("known", [False, True])
async def test_opposite_orders_do_not_deadlock(api, nation, database, world, clock, settings, known):
    """Somebody holds the middle line until both uploads have taken what they can; then each needs the other's."""
    lines = crowd(101)
    if known:
        await api.bulk("/people:batch", lines)
        await world.emitted()
    loader = caller("service", clock=clock)

    async def chunk(name: str, lines: list[dict]) -> set[str]:
        # Not through the upload, which would try again after a deadlock.
        documents = [PersonIn.model_validate({**line, "name": name}) for line in lines]
        async with database.transaction() as session:
            return {answer.status for answer in await upsert_people(session, documents, loader)}

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
    for received in await world.emitted():
        sequences.setdefault(received.event.person_id, []).append(received.sequence)
    assert list(sequences.values()) == [[2, 3] if known else [1, 2]] * 101


async def test_a_new_person_in_two_uploads_at_once_is_one_person(api, nation, a_person, world):
    answers = await asyncio.gather(*(api.bulk("/people:batch", [a_person()]) for _ in range(8)))
    assert sorted(answer["status"] for [answer] in answers) == ["stored", *["unchanged"] * 7]
    assert len({answer["id"] for [answer] in answers}) == 1
    assert len(await world.emitted()) == 1


async def test_a_transfer_through_an_upload(api, nation, world, a_person):
    [stored] = await api.bulk("/people:batch", [a_person()])
    moved = a_person(agency_code="D-001", unit_code="D-001-U01", valid_from="2026-10-01")
    [answer] = await api.bulk("/people:batch", [moved])
    assert (answer["status"], answer["id"]) == ("updated", stored["id"])
    _, received = await world.emitted()
    assert received.event.agency_id == nation.agencies["D-001"]
    assert received.event.assignments[1].valid_from == date(2026, 10, 1)


async def test_what_a_line_leaves_out_stays_and_null_clears(api, nation, world, a_person):
    [stored] = await api.bulk("/people:batch", [a_person(valid_from="2026-01-01")])
    path = f"/people/{stored['id']}"
    silent = a_person(name="Siti R", golongan="III/d", valid_from="2026-02-01")
    del silent["jenjang"], silent["unit_code"]

    async def now() -> tuple:
        person = await api.get(path)
        return person["jenjang"], person["unit_code"], person["golongan"]

    assert [answer["status"] for answer in await api.bulk("/people:batch", [silent])] == ["updated"]
    assert await now() == ("ahli_muda", "K-001-U01", "III/d")
    assert (await api.call("service", "PUT", path, silent | {"name": "Siti"})).status_code == 200
    assert await now() == ("ahli_muda", "K-001-U01", "III/d")
    # The jenjang that stays must fit what is said.
    [refused] = await api.bulk("/people:batch", [silent | {"golongan": "IV/a"}])
    assert refused["code"] == "jenjang-golongan-mismatch"
    await api.bulk("/people:batch", [silent | {"unit_id": None}])
    assert await now() == ("ahli_muda", None, "III/d")
    assert (
        await api.call("service", "PUT", path, silent | {"jenjang": None, "unit_code": "K-001-U02"})
    ).status_code == 200
    assert await now() == (None, "K-001-U02", "III/d")
    await api.bulk("/people:batch", [silent | {"agency_code": "D-001", "valid_from": "2026-03-01"}])
    assert await now() == (None, None, "III/d")


async def test_a_history_that_is_too_long_is_told_as_such_and_the_next_ordinary_change_works(
    api, nation, world, a_person
):
    """Whatever the names in it, an event holds what a history may hold."""
    await api.call("service", "PUT", f"/units/{nation.units['K-001-U01']}", {"code": "K-001-U01", "name": "ꦲ" * 200})
    posts = [
        a_person(
            position=f"{number:03}" + "ꦲ" * 197,
            unit_code=f"K-001-U0{1 + number % 2}",
            status=("active", "study")[number % 2],
            valid_from=f"{day:%Y-%m-%d}",
        )
        for number in range(MOST_SPANS)
        for day in [date(2016, 1, 1) + timedelta(days=number)]
    ]
    answers = await api.bulk("/people:batch", [a_person(), *posts], headers={"accept-language": "en"})
    most = MOST_SPANS - KEPT_FOR_ORDINARY
    assert [answer["status"] for answer in answers[:most]] == ["stored", *["updated"] * (most - 1)]
    assert {(answer.get("code"), answer.get("field")) for answer in answers[most:]} == {
        ("history-too-long", "valid_from")
    }
    assert str(most) in answers[-1]["message"]
    person_id = answers[0]["id"]
    ordinary = await api.call("service", "PUT", f"/people/{person_id}", a_person(status="active", position="Analis"))
    assert (ordinary.status_code, ordinary.json()["position"]) == (200, "Analis")
    move = {"agency_code": "D-001", "on": "2026-12-01"}
    assert (await api.call("service", "POST", f"/people/{person_id}/transfer", move)).status_code == 200
    assert len((await world.emitted())[-1].payload) > 400_000


async def test_the_longest_history_fits_into_an_event():
    """Every name as long as it may be, and every value as long as any."""
    name, agency, unit = "ꦲ" * 200, uuid4(), uuid4()
    days = [date(2005, 1, 1) + timedelta(days=number) for number in range(MOST_SPANS + 1)]

    def spans(*values):
        return tuple(
            Span(values[number % len(values)], start, end) for number, (start, end) in enumerate(pairwise(days))
        )

    person = Person(
        id=uuid4(),
        nip="199001012015011001",
        staff_type="PNS",
        name=name,
        joined_on=days[0],
        assignments=spans(Place(agency, unit), Place(uuid4(), unit)),
        grades=spans(Grade("ahli_pertama", "III/b", name), Grade("ahli_pertama", "III/a", name)),
        statuses=spans(Standing("leave", name), Standing("study", name)),
        educations=spans(Schooling("D-III"), Schooling("D-IV")),
    )
    loader = caller("service", clock=FixedClock(datetime.combine(days[-1], time(12), UTC)))
    event = store._event(person, {unit: name}, loader)
    assert MAX_EVENT_BYTES // 2 < len(event.model_dump_json().encode()) < MAX_EVENT_BYTES


@pytest.mark.parametrize("field", ["position", "unit"])
async def test_a_name_is_short_in_bytes_too(api, nation, a_person, field):
    """600 bytes are 200 letters of any script of Indonesia; a thousand such names must fit into an event."""
    name = "😀" * 151
    if field == "position":
        answer = await api.call("service", "POST", "/people", a_person(position=name))
    else:
        answer = await api.call(
            "service", "POST", f"/agencies/{nation.agencies['K-001']}/units", {"code": "U-9", "name": name}
        )
    assert (answer.status_code, answer.json()["code"]) == (422, "field-invalid")


async def test_renames_beside_uploads_wait_for_each_other_and_the_last_name_is_told(api, nation, world):
    unit = nation.units["K-001-U01"]
    renames = (
        api.call("service", "PUT", f"/units/{unit}", {"code": "K-001-U01", "name": f"Nama {n}"}) for n in range(5)
    )
    uploads = (api.bulk("/people:batch", crowd(50, 50 * n)) for n in range(5))
    done = await asyncio.gather(*(one for pair in zip(renames, uploads, strict=True) for one in pair))
    assert {answer.status_code for answer in done[::2]} == {200}
    final = (await api.get(f"/units/{unit}"))["name"]
    told = await world.emitted()
    assert len(told) == 250 + 5
    renamed = [received for received in told if isinstance(received.event, UnitChanged)]
    assert max(renamed, key=lambda received: received.sequence).event.states[-1].name == final
