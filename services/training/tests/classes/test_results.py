"""Attendance and results: hours by the rule of the form, and each result once."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.store.database import counted_statements
from services.training.tests.teaching import AFTER, attended, course, enrolled, over, published, results
from training.domain.classes import BOOK, Policy


@pytest.mark.parametrize(("form", "jp"), [("KL03", None), ("KL06", "6.000"), ("KL07", "8.000")])
async def test_three_of_four_sessions_of_eight_hours_give_six_none_or_all_by_the_rule_of_the_form(world, api, form, jp):
    person, always = await world.people(world.state(), world.state())
    class_id = await published(api, await course(world, api, form))
    await enrolled(api, class_id, [person, always])
    world.clock.moment = AFTER
    await attended(api, class_id, [person], [1, 2, 3])
    await attended(api, class_id, [always])
    [answer, whole] = await results(api, class_id, [person, always])
    assert whole["status"] == "stored"
    assert await world.ledger(always) == ("8.000", "0.000")
    if jp is None:
        assert answer["code"] == "attendance-short"
        assert await world.ledger(person) == ("0.000", "0.000")
    else:
        assert answer["status"] == "stored"
        assert await world.ledger(person) == (jp, "0.000")
        shown = await api.get(f"/trainings/{answer['id']}", "provider")
        assert (shown["jp_counted"], shown["verified"], shown["start_date"], shown["end_date"]) == (
            jp, True, "2026-06-13", "2026-06-14",
        )  # fmt: skip


async def test_five_hundred_results_give_five_hundred_records_and_a_resend_none(world, api):
    people = await world.people(*(world.state() for _ in range(500)))
    class_id = await over(world, api, people, seats=500)
    before = len(await world.outbox())
    with counted_statements(world.database) as statements:
        first = await results(api, class_id, people)
    assert len(statements) < 40, "of a chunk, however many people"
    assert Counter(answer["status"] for answer in first) == {"stored": 500}
    told = [name for name, _, _ in (await world.emitted())[before:]]
    assert Counter(told) == {"TrainingCompleted": 500}
    again = await results(api, class_id, people)
    assert [answer["id"] for answer in again] == [answer["id"] for answer in first]
    assert {answer["status"] for answer in again} == {"duplicate"}
    assert await world.value("SELECT count(*) FROM records") == 500
    assert len(await world.outbox()) == before + 500


async def test_results_sent_twice_at_once_are_stored_once(world, api):
    people = await world.people(*(world.state() for _ in range(20)))
    class_id = await over(world, api, people)
    both = await asyncio.gather(results(api, class_id, people), results(api, class_id, people))
    statuses = Counter(answer["status"] for answers in both for answer in answers)
    assert statuses == {"stored": 20, "duplicate": 20}
    assert await world.value("SELECT count(*) FROM records") == 20


async def test_each_line_of_results_has_an_answer_of_its_own(world, api):
    moved = [(world.there, date(2020, 1, 1), date(2026, 6, 1)), (world.here, date(2026, 6, 1), None)]
    states = [world.state(), world.state(assignments=moved), world.state(), world.state(), world.state()]
    good, transferred, retired, absent, failed = people = await world.people(*states)
    class_id = await published(api, await course(world, api))
    await enrolled(api, class_id, people)
    await world.people(states[2].model_copy(update={"left_on": date(2026, 6, 10), "status": "retired"}), sequence=2)
    world.clock.moment = AFTER
    await attended(api, class_id, [good, transferred, retired, failed])
    lines = [
        *({"person_id": each, "name": "Sari Contoh"} for each in (good, transferred, retired, absent)),
        {"person_id": failed, "name": "Budi Contoh", "passed": False},
        {"nip": world.nip(), "name": "Siapa"},
        {"person_id": good, "name": "Sari Contoh"},
        {"person_id": good, "name": "Sari \u202econtoh"},
        {"person_id": good, "name": "\x00"},
        {"person_id": good, "name": "S" * 10_000},
        {"person_id": good, "name": "Sari Lain"},
        {"name": "Sari"},
    ]
    answers = await api.bulk(f"/classes/{class_id}/results:batch", lines, "provider")
    assert [(answer.get("code") or answer["status"], answer.get("field")) for answer in answers] == [
        ("stored", None), ("stored", None), ("not-in-service", "end_date"), ("not-attended", "person_id"),
        ("stored", None), ("not-in-class", "nip"), ("duplicate", None), ("field-invalid", "name"),
        ("field-invalid", "name"), ("field-invalid", "name"), ("result-given", "name"), ("field-missing", "nip"),
    ]  # fmt: skip
    assert answers[6]["id"] == answers[0]["id"]
    assert {row.agency_id for row in await world.rows("SELECT agency_id FROM records")} == {world.here}
    assert await world.value("SELECT count(*) FROM records") == 2
    later = await results(api, class_id, [failed], name="Budi Contoh")
    assert later[0]["status"] == "stored", "whoever has not passed may pass later"
    [taken_back] = await results(api, class_id, [good], passed=False)
    assert (taken_back["code"], taken_back["field"]) == ("result-given", "passed")


async def test_attendance_is_taken_once_a_session_has_begun_and_stands_once_a_record_follows(world, api):
    [person] = await world.people(world.state())
    class_id = await published(api, await course(world, api))
    await enrolled(api, class_id, [person])
    path = f"/classes/{class_id}/attendance:batch"

    async def told(session: int, present: bool = True) -> str:
        [answer] = await api.bulk(path, [{"person_id": person, "session": session, "present": present}], "provider")
        return answer.get("code") or answer["status"]

    assert await told(1) == "session-not-begun"
    world.clock.moment = datetime(2026, 6, 13, 1, 0, tzinfo=UTC)  # eight o'clock in Jakarta
    assert [await told(1), await told(1), await told(1, False), await told(1), await told(2), await told(5)] == [
        "stored", "unchanged", "updated", "updated", "session-not-begun", "class-session-unknown",
    ]  # fmt: skip
    world.clock.moment = datetime(2026, 6, 14, 7, 59, tzinfo=UTC)
    assert (await results(api, class_id, [person]))[0]["code"] == "class-not-over"
    world.clock.moment = datetime(2026, 6, 14, 8, 0, tzinfo=UTC)
    assert (await results(api, class_id, [person]))[0]["code"] == "attendance-short"
    await attended(api, class_id, [person], [2, 3, 4])
    assert (await results(api, class_id, [person]))[0]["status"] == "stored"
    assert [await told(1), await told(1, False)] == ["unchanged", "result-given"]
    listed = await api.get(f"/classes/{class_id}/people", "provider")
    [row] = listed["items"]
    assert (row["attended"], row["passed"], row["jp_counted"]) == ([1, 2, 3, 4], True, "8.000")


async def test_whoever_waits_or_withdrew_has_neither_attendance_nor_results(world, api):
    seated, waiting = await world.people(world.state(), world.state())
    class_id = await published(api, await course(world, api), seats=1)
    await enrolled(api, class_id, [seated, waiting])
    world.clock.moment = AFTER
    lines = [{"person_id": waiting, "session": 1, "present": True}]
    [answer] = await api.bulk(f"/classes/{class_id}/attendance:batch", lines, "provider")
    assert answer["code"] == "not-in-class"
    assert (await results(api, class_id, [waiting]))[0]["code"] == "not-in-class"


async def test_a_course_that_was_changed_since_is_answered_line_by_line(world, api):
    [person] = await world.people(world.state())
    class_id = await over(world, api, [person])
    shown = await api.get(f"/classes/{class_id}")
    known = await api.get(f"/courses/{shown['course_id']}")
    said = {name: known[name] for name in ("code", "title", "form", "jp", "valid_from")}
    changed = said | {"valid_to": "2026-06-14"}
    assert (await api.call("lan", "PUT", f"/courses/{shown['course_id']}", changed)).status_code == 200
    [answer] = await results(api, class_id, [person])
    assert (answer["code"], answer["field"]) == ("course-not-valid", "course_code")
    assert await world.value("SELECT count(*) FROM class_results") == 0


HOURS = st.integers(1, 5_000).map(lambda hundredths: Decimal(hundredths) / 100)


@given(st.lists(HOURS, min_size=1, max_size=10), st.data())
def test_more_attendance_never_gives_fewer_hours_and_all_of_it_gives_all(hours, data):
    sessions = dict(enumerate(hours, 1))
    some = data.draw(st.sets(st.sampled_from(list(sessions))))
    more = some | data.draw(st.sets(st.sampled_from(list(sessions))))
    policies: set[Policy] = set(BOOK.packs[-1].tables.values())
    for policy in policies:
        assert 0 <= policy.hours(sessions, some) <= policy.hours(sessions, more) <= sum(hours)
        assert policy.hours(sessions, set(sessions)) == sum(hours)
        assert policy.hours(sessions, set()) == 0
