"""A history that is told late: records, and what a sweep found, go to the agency of their day."""

import random
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import text

from common.ids import new_id
from common.store.database import counted_statements
from roster.days import Assignment, agency_on, agency_on_sql
from training.invariants import INVARIANTS

JOINED, TENTH = date(2020, 1, 1), date(2026, 3, 10)
TWENTIETH = {"start_date": "2026-03-20", "end_date": "2026-03-20"}
BODY = {"form": "KL03", "title": "Diperbaiki", **TWENTIETH, "jp": "9", "reason": "salah ketik"}


@pytest.fixture
def histories(world):
    """Somebody who stayed where they joined, and who left for another agency on the tenth of March."""
    return SimpleNamespace(
        stayed=[(world.here, JOINED, None)], moved=[(world.here, JOINED, TENTH), (world.there, TENTH, None)]
    )


async def told(world, person, assignments, sequence, **values):
    state = world.state(person_id=person, agency=assignments[-1][0], assignments=assignments, **values)
    await world.people(state, sequence=sequence)


async def agencies_of(world):
    return [row.agency_id for row in await world.rows("SELECT agency_id FROM records ORDER BY id")]


async def test_a_record_goes_to_the_agency_of_its_end_date_which_may_correct_it(world, api, line, histories):
    person = await world.person(assignments=histories.stayed)
    ninth = {"start_date": "2026-03-09", "end_date": "2026-03-09"}
    before, after, revoked = await world.store(
        line(person, **ninth), line(person, **TWENTIETH), line(person, **TWENTIETH)
    )
    await api.call("agency_hr", "POST", f"/trainings/{revoked.id}/revoke", {"reason": "ganda"})
    await told(world, person, histories.moved, 2)
    assert await agencies_of(world) == [world.here, world.there, world.here]
    [(name, version, body)] = (await world.emitted())[4:]
    assert (name, version, body["record_id"]) == ("TrainingCorrected", 2, str(after.id))
    assert (body["agency_id"], body["jp_counted"]) == (str(world.there), "8.000")
    first, second = (await api.get(f"/trainings/{after.id}/history"))["items"]
    assert [first["state"]["agency_id"], second["state"]["agency_id"]] == [str(world.here), str(world.there)]
    assert (second["changed_by"], second["reason"][:8]) == ("system", "Instansi")

    path = f"/trainings/{after.id}"
    assert (await api.refused("agency_hr", "PUT", path, BODY))[:2] == (404, "not-found")
    answer = await api.call("agency_hr", "PUT", path, BODY, agency=world.there)
    assert (answer.status_code, answer.json()["version"]) == (200, 3)
    # The agency they left answers for the day before, still.
    left = await api.call("agency_hr", "PUT", f"/trainings/{before.id}", BODY | ninth)
    assert left.status_code == 200
    assert await world.ledger(person) == ("18.000", "0.000")


async def test_a_history_that_is_told_away_again_gives_the_record_back(world, api, line, histories):
    person = await world.person(assignments=histories.stayed)
    [record] = await world.store(line(person, **TWENTIETH))
    for sequence, assignments in enumerate([histories.moved, histories.stayed, histories.moved], 2):
        await told(world, person, assignments, sequence)
        assert await agencies_of(world) == [assignments[-1][0]]
    versions = (await api.get(f"/trainings/{record.id}/history"))["items"]
    assert [version["version"] for version in versions] == [1, 2, 3, 4]
    assert [(version, body["agency_id"]) for _, version, body in await world.emitted()] == [
        (1, str(world.here)),
        (2, str(world.there)),
        (3, str(world.here)),
        (4, str(world.there)),
    ]


async def test_what_changes_no_agency_writes_no_version(world, line, histories):
    person = await world.person(assignments=histories.moved)
    await world.store(line(person, **TWENTIETH))
    await told(world, person, histories.moved, 2, unit=(UUID(int=5), "Biro Umum"))
    await told(world, person, [(world.here, JOINED, date(2026, 3, 15)), (world.there, date(2026, 3, 15), None)], 3)
    assert await world.value("SELECT version FROM records") == 1


async def test_a_repeat_of_what_was_sent_before_the_transfer_stays_a_duplicate(world, api, line, histories):
    """Whoever the person's agency is now: nothing changes by it, and what the new agency says is not shown."""
    person = await world.person(assignments=histories.stayed)
    nightly = line(person, **TWENTIETH)
    sent = await api.call("agency_hr", "POST", "/trainings", nightly)
    await told(world, person, histories.moved, 2)
    await api.call("agency_hr", "PUT", f"/trainings/{sent.json()['id']}", BODY, agency=world.there)
    again = await api.call("agency_hr", "POST", "/trainings", nightly)
    assert (again.status_code, again.json()) == (200, sent.json())
    [answer] = await api.bulk("/trainings:batch", [nightly], "agency_hr")
    assert (answer["status"], answer["id"]) == ("duplicate", sent.json()["id"])
    for other in (nightly | {"jp": "7"}, line(person, **TWENTIETH)):
        [answer] = await api.bulk("/trainings:batch", [other], "agency_hr")
        assert answer["code"] == "agency-mismatch"
    assert await world.ledger(person) == ("9.000", "0.000")


@pytest.mark.parametrize("role", ["agency_hr", "service"])
async def test_what_the_new_agency_sends_too_is_a_duplicate_of_what_it_has_taken_over(world, line, histories, role):
    """Under its own reference and with a proof of its own; another activity of that day is another record."""
    person = await world.person(assignments=histories.stayed)
    [record] = await world.store(line(person, **TWENTIETH), role="agency_hr", agency=world.here)
    await told(world, person, histories.moved, 2)
    there = {"role": role, "agency": world.there}
    same = line(person, **TWENTIETH, evidence="sertifikat 12", source_name="lms-lain")
    for _ in range(2):
        [answer] = await world.store(same, **there)
        assert (answer.status, answer.id) == ("duplicate", record.id)
    others = [
        line(person, **TWENTIETH, title="Pelatihan lain"),
        line(person, **TWENTIETH, jp="7"),
        line(person, start_date="2026-03-19", end_date="2026-03-20"),
        line(await world.person(assignments=histories.moved), **TWENTIETH),
    ]
    assert {answer.status for answer in await world.store(*others, **there)} == {"stored"}
    assert await world.ledger(person) == ("31.000", "0.000")


async def test_a_revoked_record_is_taken_over_by_nobody(world, api, line, histories):
    person = await world.person(assignments=histories.stayed)
    first, second = await world.store(
        line(person, **TWENTIETH), line(person, **TWENTIETH), role="agency_hr", agency=world.here
    )
    await told(world, person, histories.moved, 2)
    for record in (first, second):
        path = f"/trainings/{record.id}/revoke"
        assert (await api.call("agency_hr", "POST", path, {"reason": "salah"}, agency=world.there)).status_code == 200
    [answer] = await world.store(line(person, **TWENTIETH), role="agency_hr", agency=world.there)
    assert answer.status == "stored"


async def test_statements_do_not_grow_with_those_who_moved(world, line, histories):
    people = await world.people(*(world.state(assignments=histories.stayed) for _ in range(200)))
    await world.store(*(line(person, **TWENTIETH) for person in people for _ in range(2)))
    counts = []
    for sequence, size in ((2, 1), (3, 200)):
        states = [
            world.received(world.state(person_id=person, agency=world.there, assignments=histories.moved), sequence)
            for person in people[:size]
        ]
        with counted_statements(world.database) as statements:
            await world.hear(*states)
        counts.append(len(statements))
    # Ten for the history of anybody, then: which records, their new agency, which sweeps there are.
    assert counts == [14, 14]
    assert set(await agencies_of(world)) == {world.there}
    assert await world.value("SELECT sum(verified) FROM jp_ledger") == 200 * 16


async def test_the_agency_in_sql_is_the_agency_of_the_rule(world, line):
    dice = random.Random(10)
    first = date(2025, 1, 1)
    states = []
    for _ in range(60):
        days = sorted({first + timedelta(days=dice.randrange(500)) for _ in range(dice.randrange(1, 4))})
        ends = [*days[1:], None]
        states.append(
            world.state(assignments=[(new_id(), since, until) for since, until in zip(days, ends, strict=True)])
        )
        states[-1] = states[-1].model_copy(update={"agency_id": states[-1].assignments[-1].agency_id})
    people = await world.people(*states)
    days = [first - timedelta(days=1) + timedelta(days=dice.randrange(500)) for _ in range(len(people) * 5)]
    lines = [line(people[n % len(people)], start_date=str(day), end_date=str(day)) for n, day in enumerate(days)]
    await world.store(*lines)
    by_person = {state.person_id: state for state in states}
    on = agency_on_sql("p", "r.end_date")
    for row in await world.rows(f"SELECT r.*, {on} AS judged FROM records r JOIN people p USING (person_id)"):
        state = by_person[row.person_id]
        assignments = [Assignment(part.valid_from, part.valid_to, part.agency_id) for part in state.assignments]
        assert row.agency_id == row.judged == agency_on(row.end_date, assignments, state.agency_id)


@pytest.mark.breaks_invariants("a valid record is of the agency in which its person served on the end date")
async def test_the_invariant_sees_a_record_of_another_agency(world, line):
    await world.store(line(await world.person()))
    [held] = [each for each in INVARIANTS if "end date" in each.name]
    assert await world.rows(held.query) == []
    async with world.database.engine.begin() as connection:
        await connection.execute(text("UPDATE records SET agency_id = :other"), {"other": world.there})
    assert len(await world.rows(held.query)) == 1
