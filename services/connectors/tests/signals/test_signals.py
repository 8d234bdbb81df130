"""What platforms say becomes reports: of whom and of which course, however often and in whatever order it comes."""

from collections import Counter
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from common.store.database import counted_statements
from contracts.events.access import RecordViewed
from jejak_local.harness import owning
from services.connectors.tests import shapes
from services.connectors.tests.platform import new_id as statement_id
from services.connectors.tests.platform import statement, void

MORNING = "2026-03-03T02:00:00Z"
EXCEL = "urn:li:lyndaCourse:77"


async def mapped(api, platform, course: str, code: str, **said: Any) -> dict[str, Any]:
    """Maps a course of a platform to one of the catalogue."""
    path = f"/connections/{platform.connection_id}/course-mappings"
    answer = await api.call("agency_hr", "POST", path, {"course": course, "course_code": code, **said})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def moodle_course() -> str:
    return f"{shapes.MOODLE}/course/view.php?id=7"


async def test_a_course_of_moodle_is_reported_of_whom_its_account_numbers_without_any_hours(
    api, world, platform, moodle_course
) -> None:
    nip = world.nip()
    person, course = await world.person(nip=nip), await world.course("C-7")
    await mapped(api, platform, moodle_course, "C-7")
    told = shapes.moodle_completed(nip, 7, MORNING)
    await platform.send(told, shapes.moodle_module(nip, 7, MORNING), told)
    await world.read()
    [(name, _, body)] = await world.told_training()
    assert (name, body["person_id"], body["course_id"], body["jp"], body["happened_at"]) == (
        "ActivityReported",
        str(person),
        str(course),
        None,
        MORNING,
    )
    assert (body["form"], body["title"], body["behalf"]["by"]) == (None, None, f"connection:{platform.connection_id}")
    shown = await api.get(f"/connections/{platform.connection_id}", "agency_hr")
    assert (shown["counts"]["sent"], shown["counts"]["duplicate"]) == (1, 1)


async def test_each_platform_is_understood_by_its_own_words_alone(api, world, platform) -> None:
    """cmi5, Open edX and LinkedIn; a verb of another type, or without the category, says nothing."""
    person = await world.person()
    await world.course("C")
    courses = [EXCEL, f"{shapes.EDX}/course/v1:LAN+INT", "https://cmi5.example/course/1"]
    for course in courses:
        await mapped(api, platform, course, "C")
    path = f"/connections/{platform.connection_id}/users:batch"
    who = [{"mbox": "mailto:sari@bkd.example"}, {"account": {"homePage": "https://cmi5.example", "name": "u-1"}}]
    answers = await api.bulk(path, [each | {"person_id": str(person)} for each in who], "agency_hr")
    assert [each["status"] for each in answers] == ["stored", "stored"]
    bare = shapes.cmi5_satisfied("u-1", "https://cmi5.example/course/1", "2026-01-09T02:00:00Z")
    del bare["context"]["contextActivities"]
    await platform.send(
        shapes.linkedin_completed("sari@bkd.example", "77", "2026-01-05T02:00:00Z"),
        shapes.edx_graded("sari@bkd.example", "v1:LAN+INT", "2026-01-06T02:00:00Z"),
        shapes.cmi5_satisfied("u-1", "https://cmi5.example/course/1", "2026-01-07T02:00:00Z"),
        bare,
        statement(),
    )
    await world.read()
    assert [moment[:10] for _, _, moment in await world.stands()] == ["2026-01-05", "2026-01-06", "2026-01-07"]


async def test_a_course_with_an_endless_id_and_an_odd_title_waits_is_listed_and_is_mapped(api, world, platform) -> None:
    nip, course = world.nip(), f"{shapes.MOODLE}/course/{'x' * 10_000}"
    person = await world.person(nip=nip)
    await world.course("C")
    told = shapes.moodle_completed(nip, 7, MORNING)
    told["actor"]["name"] = "\u202eiraS\x00"
    told["object"] = {"id": course, "definition": told["object"]["definition"] | {"name": {"id": "\u202esusruK\x00"}}}
    await platform.send(told)
    await world.read()
    path = f"/connections/{platform.connection_id}/unmapped-courses"
    [waiting] = (await api.get(path, "agency_hr"))["items"]
    assert (waiting["course"], waiting["title"]) == (course, " susruK ")
    await mapped(api, platform, waiting["course"], "C")
    assert [who for who, _, _ in await world.stands()] == [str(person)]


async def test_what_is_not_mapped_waits_is_listed_and_is_credited_with_its_own_date(
    api, world, platform, moodle_course
) -> None:
    nips = [world.nip() for _ in range(3)]
    people = [await world.person(nip=nip) for nip in nips]
    for nip in nips:
        await platform.send(shapes.moodle_completed(nip, 7, MORNING))
    await platform.send(shapes.moodle_completed("4711", 7, "2026-04-01T02:00:00Z"))
    await world.read()
    assert await world.told_training() == []
    path = f"/connections/{platform.connection_id}"
    [waiting] = (await api.get(f"{path}/unmapped-courses", "agency_hr"))["items"]
    assert (waiting["course"], waiting["title"], waiting["count"]) == (moodle_course, "Kursus 7", 4)
    assert (waiting["first_seen"], waiting["last_seen"]) == (MORNING, "2026-04-01T02:00:00Z")
    [user] = (await api.get(f"{path}/unmapped-users", "agency_hr"))["items"]
    assert (user["told"], user["count"]) == ({"account": {"homePage": shapes.MOODLE, "name": "4711"}}, 1)
    assert "Sari" not in str((waiting, user))
    assert {each["title"] for each in (await api.get(f"{path}/reports", "agency_hr"))["items"]} == {"Kursus 7"}
    await world.course("C-7")
    with counted_statements(world.database) as few:
        await mapped(api, platform, moodle_course, "C-7")
    assert [(person, moment) for person, _, moment in await world.stands()] == sorted(
        (str(person), MORNING) for person in people
    )
    assert (await api.get(f"{path}/unmapped-courses", "agency_hr"))["items"] == []
    assert {each["title"] for each in (await api.get(f"{path}/reports", "agency_hr"))["items"]} == {"Data"}
    someone = await world.person()
    line = {"account": {"homePage": shapes.MOODLE, "name": "4711"}, "person_id": str(someone)}
    assert [each["status"] for each in await api.bulk(f"{path}/users:batch", [line], "agency_hr")] == ["stored"]
    assert (str(someone), "2026-04-01T02:00:00Z") in [(who, moment) for who, _, moment in await world.stands()]
    for number in range(20):
        await platform.send(shapes.moodle_completed(nips[0], 8, f"2026-05-{number + 1:02}T02:00:00Z"))
    await world.read()
    with counted_statements(world.database) as many:
        await mapped(api, platform, f"{shapes.MOODLE}/course/view.php?id=8", "C-7")
    assert len(many) == len(few)


async def test_somebody_whom_the_registry_tells_of_later_waits_no_longer(api, world, platform, moodle_course) -> None:
    await world.course("C-7")
    await mapped(api, platform, moodle_course, "C-7")
    nip = world.nip()
    await platform.send(shapes.moodle_completed(nip, 7, MORNING))
    await world.read()
    path = f"/connections/{platform.connection_id}/unmapped-users"
    [user] = (await api.get(path, "agency_hr"))["items"]
    assert (user["by_number"], nip in str(user)) == (True, False)
    person = await world.person(nip=nip)
    assert [who for who, _, _ in await world.stands()] == [str(person)]


async def test_a_mapping_of_a_time_holds_for_what_was_finished_then_and_a_mended_one_is_told_anew(
    api, world, platform, moodle_course
) -> None:
    nip = world.nip()
    await world.person(nip=nip)
    old, new, right = [await world.course(code) for code in ("OLD", "NEW", "RIGHT")]
    await mapped(api, platform, moodle_course, "OLD", valid_to="2026-01-01")
    await mapped(api, platform, moodle_course, "NEW", valid_from="2026-01-01")
    for at in ("2025-05-01T02:00:00Z", MORNING):
        await platform.send(shapes.moodle_completed(nip, 7, at))
    await world.read()
    assert {UUID(course) for _, course, _ in await world.stands()} == {old, new}
    path = f"/connections/{platform.connection_id}/course-mappings"
    overlapping = {"course": moodle_course, "course_code": "NEW", "valid_from": "2025-12-01"}
    assert (await api.refused("agency_hr", "POST", path, overlapping))[1:] == ("periods-overlap", "valid_from")
    unknown = {"course": moodle_course, "course_code": "NONE"}
    assert (await api.refused("agency_hr", "POST", path, unknown))[1:] == ("course-unknown", "course_code")
    await mapped(api, platform, moodle_course, "RIGHT", valid_from="2026-01-01")
    assert {UUID(course) for _, course, _ in await world.stands()} == {old, right}
    assert len(await api.get(path, "agency_hr")) == 2


async def test_whom_an_agency_may_name_and_what_is_unclear(api, world, platform) -> None:
    path = f"/connections/{platform.connection_id}/users:batch"
    ours, theirs = await world.person(), await world.person(agency=UUID(int=9))
    account = {"account": {"homePage": shapes.MOODLE, "name": "1"}}
    number = {"account": {"homePage": shapes.MOODLE, "name": world.nip()}}
    lines = [
        account | {"person_id": str(theirs)},
        account | {"person_id": str(ours)},
        account | {"person_id": str(await world.person())},
        number | {"person_id": str(ours)},
        {"person_id": str(ours)},
        account,
        account | {"nip": world.nip()},
    ]
    answers = [each.get("code", each["status"]) for each in await api.bulk(path, lines, "agency_hr")]
    assert answers == [
        "agency-mismatch",
        "stored",
        "user-mapped",
        "user-by-number",
        "user-unclear",
        "field-missing",
        "person-unknown",
    ]


@pytest.mark.parametrize("void_first", [True, False])
async def test_a_void_opens_a_review_and_takes_nothing_away_by_itself(
    api, world, platform, moodle_course, void_first
) -> None:
    nip = world.nip()
    await world.person(nip=nip)
    await world.course("C-7")
    await mapped(api, platform, moodle_course, "C-7")
    told = shapes.moodle_completed(nip, 7, MORNING) | {"id": statement_id()}
    sent = [void(told["id"]), told] if void_first else [told, void(told["id"])]
    for each in sent:
        await platform.send(each)
        await world.read()
    await world.answer()
    [(name, _, body)] = [each for each in await world.told_training() if each[0] == "ActivityDisputed"]
    assert (name, body["why"], len(await world.stands())) == ("ActivityDisputed", "voided", 1)
    path = f"/connections/{platform.connection_id}/reports"
    [report] = (await api.get(f"{path}?state=in_review", "agency_hr"))["items"]
    decision = {"counts": False, "reason": "Dibatalkan penyelenggara"}
    decided = await api.call("agency_hr", "POST", f"{path}/{report['id']}/decide", decision)
    assert (decided.json()["state"], await world.stands()) == ("withdrawn", [])


async def test_failed_after_passed_is_disputed_and_passed_again_is_not(api, world, platform) -> None:
    person = await world.person()
    await world.course("C")
    await mapped(api, platform, f"{shapes.EDX}/course/v1:LAN+INT", "C")
    line = {"mbox": "mailto:sari@bkd.example", "person_id": str(person)}
    await api.bulk(f"/connections/{platform.connection_id}/users:batch", [line], "agency_hr")

    async def graded(verb: str, at: str) -> list[str]:
        await platform.send(shapes.edx_graded("sari@bkd.example", "v1:LAN+INT", at, verb=verb))
        await world.read()
        await world.answer()
        return [state for _, state in await world.states()]

    assert await graded("failed", "2026-03-01T02:00:00Z") == []
    assert await graded("passed", "2026-03-02T02:00:00Z") == ["taken"]
    assert await graded("failed", "2026-03-02T03:00:00Z") == ["in_review"]
    assert await graded("passed", "2026-03-02T04:00:00Z") == ["taken"]
    assert await graded("passed", "2027-03-02T04:00:00Z") == ["taken", "taken"]


async def test_what_a_platform_sends_wrongly_is_said_on_its_connection(api, platform) -> None:
    assert (await platform.refused("POST", "/statements", [statement(verb=None)]))[0] == 400
    shown = await api.get(f"/connections/{platform.connection_id}", "agency_hr")
    assert (shown["last_error"]["code"], shown["last_error"]["field"]) == ("field-missing", "0.verb")
    assert shown["last_error"]["words"]


async def test_reading_statements_leaves_an_entry_of_whom_they_speak_that_is_known(api, world, platform) -> None:
    nip = world.nip()
    person = await world.person(nip=nip)
    [known] = await platform.send(shapes.moodle_completed(nip, 7, MORNING))
    await platform.send(shapes.moodle_completed("4711", 7, MORNING))
    await world.read()
    await platform.found()
    await platform.ask("GET", "/statements", statementId=known)
    for name in (nip, "4711"):
        await platform.ask("GET", "/agents", agent={"account": {"homePage": shapes.MOODLE, "name": name}})
    looks = [each.event for each in await world.told() if isinstance(each.event, RecordViewed)]
    assert [(look.part, look.person_ids, look.viewer) for look in looks] == [
        (part, [person], f"connection:{platform.connection_id}") for part in ("trainings", "trainings", "identity")
    ]


async def test_what_was_said_of_somebody_is_in_their_file_and_goes_when_they_are_erased(
    api, world, platform, moodle_course
) -> None:
    nip, other = world.nip(), world.nip()
    person = await world.person(nip=nip)
    await world.course("C-7")
    await mapped(api, platform, moodle_course, "C-7")
    await platform.send(*(shapes.moodle_completed(each, 7, MORNING) for each in (nip, other)))
    await world.read()
    gone = world.state(person_id=person, nip=nip).model_copy(update={"erased_on": world.clock.today(), "nip_hash": ""})
    await world.hear(world.received(gone, 9))
    held = await world.rows("SELECT statement FROM statements")
    assert [other in each.statement for each in held] == [True]
    assert await world.value("SELECT count(*) FROM signals") == 1
    [left] = await world.rows(
        "SELECT actor, nip_hash, told ->> 'title' AS title FROM reports WHERE person_id = :id", id=person
    )
    assert tuple(left) == (None, None, None)


def said(draw_number: int) -> dict[str, Any]:
    """One of the words that two platforms may say of two people and two courses, by its number."""
    number, day = divmod(draw_number, 5)
    verb = "failed" if number >= 6 else "passed"
    user, course = f"user{number % 2}@x.example", f"v1:C{number // 2 % 2}"
    identity = f"00000000-0000-4000-8000-{draw_number:012}"
    return shapes.edx_graded(user, course, f"2026-0{1 + day}-03T0{number % 9}:00:00Z", verb=verb, id=identity)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.integers(0, 39), min_size=3, max_size=9, unique=True),
    voids=st.sets(st.integers(0, 39), max_size=2),
    other=st.sets(st.integers(0, 39)),
    seed=st.integers(0, 1000),
)
async def test_twice_and_shuffled_the_same_is_recorded(api, world, connect, words, voids, other, seed) -> None:
    """Two platforms, two people, two courses: words, voids and repeats in any order leave the same records and the same reviews."""
    random = Random(seed)
    people = [await world.person() for _ in range(2)]
    code = str(statement_id())
    courses = [await world.course(f"{code}-{number}") for number in range(2)]
    outcomes: list[Any] = []
    for again in (False, True):
        await forget(world)
        places = [await connect(), await connect()]
        for place in places:
            lines = [
                {"mbox": f"mailto:user{number}@x.example", "person_id": str(each)} for number, each in enumerate(people)
            ]
            await api.bulk(f"/connections/{place.connection_id}/users:batch", lines, "agency_hr")
            for number in range(2):
                await mapped(api, place, f"{shapes.EDX}/course/v1:C{number}", f"{code}-{number}")
        sent = [(places[each in other], said(each)) for each in words]
        sent += [
            (places[each in other], void(said(each)["id"], id=f"00000000-0000-4000-9000-{each:012}"))
            for each in sorted(voids & {*words})
        ]
        if again:
            sent = sent * 2
            random.shuffle(sent)
        for place, each in sent:
            await place.send(each)
            if again and random.random() < 0.5:
                await world.read()
                await world.answer()
        await world.read()
        for _ in range(3):
            await world.answer()
        rows = await world.rows("SELECT person_id, course_id, day, state, dispute FROM reports")
        outcomes.append((await world.stands(), Counter(tuple(row) for row in rows)))
    assert outcomes[0] == outcomes[1]
    assert {UUID(course) for _, course, _ in outcomes[0][0]} <= set(courses)


async def forget(world) -> None:
    """An empty service, but for people and courses."""
    async with owning(world.database) as connection:
        for table in ("signals", "reports", "platform_users", "readings", "outbox", "course_mappings", "statements"):
            await connection.execute(text(f"DELETE FROM {table}"))
