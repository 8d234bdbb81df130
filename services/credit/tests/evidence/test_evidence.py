"""Trainings become evidence, whatever order their events come in."""

import random
from datetime import date
from decimal import Decimal
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.ids import new_id
from common.store.database import counted_statements
from jejak_local.harness import owning

SHOWN = (
    "SELECT record_id, person_id, agency_id, sequence, state, form, title, end_date, jp_counted, verified, degree,"
    " rule_pack, outcome, reason_code, source, revocation, revoked_sequence FROM evidence ORDER BY record_id"
)


async def forget(world) -> None:
    async with owning(world.database) as connection:
        await connection.exec_driver_sql("DELETE FROM evidence")


async def state(world) -> list[tuple]:
    return [tuple(row) for row in await world.rows(SHOWN)]


async def test_a_training_is_evidence_with_an_explained_zero(world, api) -> None:
    [person] = await world.people(world.state())
    record = world.completed(person)
    await world.hear(world.received(record))
    seen = await api.get(f"/evidence/{record.record_id}")
    assert (seen["outcome"], seen["reason_code"], seen["state"]) == ("no-points", "activity-not-counted", "active")
    assert seen["source"] == "PermenPANRB 1/2023 Pasal 37; SE MenPANRB 8/2023"
    assert "predikat kinerja" in seen["explanation"]
    assert (seen["title"], seen["jp_counted"], seen["case_id"]) == ("Pelatihan teknis", "8", None)
    english = await api.call("lan", "GET", f"/evidence/{record.record_id}", headers={"accept-language": "en"})
    assert "not from counted activities" in english.json()["explanation"]
    assert await world.value("SELECT count(*) FROM cases") == 0


async def test_an_activity_is_judged_by_the_rules_of_its_end_date(world) -> None:
    [person] = await world.people(world.state())
    old = world.completed(person, end_date=date(2022, 12, 31), degree="S2")
    new = world.completed(person, end_date=date(2023, 1, 1))
    await world.hear(world.received(old), world.received(new))
    rows = {row.record_id: row for row in await world.rows("SELECT * FROM evidence")}
    assert (rows[old.record_id].rule_pack, rows[old.record_id].reason_code) == (
        "SE-MenPANRB-8-2023",
        "old-method-closed",
    )
    assert rows[new.record_id].rule_pack == "PermenPANRB-1-2023"
    assert await world.value("SELECT count(*) FROM cases") == 0


async def test_the_same_record_twice_in_one_batch_and_again_later_is_one_row(world) -> None:
    [person] = await world.people(world.state())
    record = world.completed(person)
    await world.hear(world.received(record), world.received(record))
    before = await state(world)
    await world.hear(world.received(record))
    assert len(before) == 1
    assert await state(world) == before


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "a batch each"])
@pytest.mark.parametrize("order", [*permutations(range(4))])
async def test_correction_and_revocation_in_any_order_end_in_the_same_state(
    world, order: tuple[int, ...], together: bool
) -> None:
    [person] = await world.people(world.state())
    first = world.completed(person)
    same = {"record_id": first.record_id}
    history = [
        world.received(first, 1),
        world.received(world.corrected(person, **same, title="Judul benar", jp_counted=Decimal("6.5")), 2),
        world.received(world.revoked(first, "salah orang"), 3),
        world.received(world.completed(person, title="Yang lain", record_id=new_id()), 1),
    ]
    shuffled = [history[place] for place in order]
    for batch in [shuffled] if together else [[item] for item in shuffled]:
        await world.hear(*batch)
    row, other = sorted(await world.rows("SELECT * FROM evidence"), key=lambda found: found.record_id)
    assert (row.state, row.sequence, row.revoked_sequence, row.title) == ("revoked", 2, 3, "Judul benar")
    assert (row.outcome, row.reason_code, row.source, row.revocation) == (
        "no-points", "record-revoked", None, "salah orang",
    )  # fmt: skip
    assert (other.state, other.title) == ("active", "Yang lain")


async def test_a_revocation_alone_is_kept_until_its_record_comes(world, api) -> None:
    [person] = await world.people(world.state())
    record = world.completed(person)
    await world.hear(world.received(world.revoked(record), 2))
    seen = await api.get(f"/evidence/{record.record_id}")
    assert (seen["state"], seen["sequence"], seen["title"], seen["revocation"]) == (
        "revoked",
        0,
        None,
        "sertifikat palsu",
    )
    await world.hear(world.received(record, 1))
    seen = await api.get(f"/evidence/{record.record_id}")
    assert (seen["state"], seen["sequence"], seen["title"]) == ("revoked", 1, "Pelatihan teknis")
    assert seen["reason_code"] == "record-revoked"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
async def test_a_shuffled_replay_with_repeats_ends_in_the_same_state(world, chance: random.Random) -> None:
    await forget(world)
    people = await world.people(*(world.state() for _ in range(3)))
    history = []
    for number in range(12):
        record = world.completed(people[number % 3], degree=None)
        same = {"record_id": record.record_id}
        history.append([
            world.received(record, 1),
            *([world.received(world.corrected(record.person_id, **same, title="Benar"), 2)] if number % 2 else []),
            *([world.received(world.revoked(record), 3)] if number % 3 == 0 else []),
            *([world.received(world.corrected(record.person_id, **same, title="Dipulihkan"), 4)] if number % 6 == 0 else []),
        ])  # fmt: skip
    await world.hear(*(item for record in history for item in record))
    wanted = await state(world)
    events = [item for record in history for item in record]
    events += chance.sample(events, 8)
    chance.shuffle(events)
    await forget(world)
    cuts = sorted(chance.sample(range(1, len(events)), 4))
    for start, end in zip([0, *cuts], [*cuts, len(events)], strict=True):
        await world.hear(*events[start:end])
    assert await state(world) == wanted


async def test_an_event_before_its_person_waits_and_is_applied_in_order(world) -> None:
    person = world.state()
    record = world.completed(person.person_id, degree="S2")
    corrected = world.corrected(person.person_id, record_id=record.record_id, degree="S2", title="Magister")
    await world.hear(world.received(corrected, 2), world.received(record, 1))
    assert await world.value("SELECT count(*) FROM evidence") == 0
    assert await world.value("SELECT count(*) FROM waiting WHERE awaited = :id", id=person.person_id) == 2
    stranger = world.state()
    await world.people(stranger)
    assert await world.value("SELECT count(*) FROM waiting") == 2, "somebody else has arrived"
    await world.people(person)
    assert await world.value("SELECT count(*) FROM waiting") == 0
    [row] = await world.rows("SELECT * FROM evidence")
    assert (row.title, row.sequence, row.outcome) == ("Magister", 2, "education-case")
    assert await world.value("SELECT count(*) FROM cases") == 1


async def test_a_batch_holds_only_what_must_wait(world) -> None:
    [known] = await world.people(world.state())
    await world.hear(*(world.received(world.completed(person)) for person in (known, new_id(), known, new_id())))
    assert await world.value("SELECT count(*) FROM evidence") == 2
    assert await world.value("SELECT count(*) FROM waiting") == 2


async def test_nobody_arrives_between_the_look_and_the_hold(world) -> None:
    """Consumer of records and consumer of people at once: nothing waits for somebody who is already here."""
    import asyncio

    for _ in range(15):
        person = world.state()
        record = world.received(world.completed(person.person_id))
        await asyncio.gather(world.hear(record), world.people(person))
        assert await world.value("SELECT count(*) FROM evidence WHERE person_id = :id", id=person.person_id) == 1
    assert await world.value("SELECT count(*) FROM waiting") == 0


async def test_a_broken_record_that_waited_does_not_keep_its_person_out(world) -> None:
    person = world.state()
    broken, sound = (world.completed(person.person_id, title=title) for title in ("a\0b", "ab"))
    await world.hear(world.received(broken), world.received(sound))
    await world.people(person)
    assert await world.value("SELECT record_id FROM evidence") == sound.record_id
    assert await world.value("SELECT count(*) FROM waiting") == 0


async def test_batches_with_degrees_and_revocations_take_a_bounded_number_of_statements(world) -> None:
    people = await world.people(*(world.state() for _ in range(200)))
    counts = []
    for size in (1, 199):
        records = [world.completed(person, degree="S2") for person in people[:size]]
        mixed = [world.received(record) for record in records]
        mixed += [world.received(world.revoked(record), 2) for record in records[::2]]
        mixed += [world.received(world.completed(new_id())) for _ in range(size)]
        with counted_statements(world.database) as statements:
            await world.hear(*mixed)
        counts.append(len(statements))
    assert max(counts) <= 18


async def test_evidence_is_listed_page_by_page(world, api) -> None:
    [person] = await world.people(world.state())
    records = [world.completed(person) for _ in range(5)]
    await world.hear(*(world.received(record) for record in records))
    found: list[str] = []
    query = "limit=2"
    while True:
        page = await api.get(f"/people/{person}/evidence?{query}")
        found += [item["record_id"] for item in page["items"]]
        if page["next"] is None:
            break
        query = f"limit=2&after={page['next']}"
    assert found == sorted(str(record.record_id) for record in records)
    refused = await api.call("lan", "GET", f"/people/{person}/evidence?after=WyJ4Il0=")
    assert refused.status_code == 422
    assert refused.json()["code"] == "field-invalid"
    assert (await api.call("lan", "GET", f"/evidence/{UUID(int=5)}")).status_code == 404
