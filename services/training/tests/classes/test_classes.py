"""Classes: published, changed and called off; seats by two at once; who sees whom."""

import asyncio
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from common.ids import new_id
from common.store.database import counted_statements
from contracts.introductions import HEADER, introduced
from jejak_local.harness import AGENCY, NIP_KEY, OTHER_AGENCY, caller
from services.training.tests.teaching import AFTER, FOUR_OF_TWO, course, enrolled, over, published, results, said


async def steps(world) -> Counter:
    """How many were written to, by what has become of their class."""
    return Counter(body["values"]["step"] for name, _, body in await world.emitted() if name == "MessageRequested")


async def states(api, class_id) -> dict[str, str]:
    page = await api.get(f"/classes/{class_id}/people", "provider")
    return {row["person_id"]: row["state"] for row in page["items"]}


async def test_a_class_is_published_with_sessions_seats_cost_outcomes_and_tags(world, api):
    more = {"cost": "1250000.00", "outcomes": ["Membaca data instansi sendiri"], "tags": ["data", "statistik"]}
    class_id = await published(api, await course(world, api), **more)
    shown = await api.get(f"/classes/{class_id}", "person", person=new_id())
    assert (shown["title"], shown["form"], shown["jp"], shown["seats"], shown["enrolled"]) == (
        "Analisis data", "KL03", "8.000", 30, 0,
    )  # fmt: skip
    assert {name: shown[name] for name in more} == more
    assert [(each["number"], each["starts_at"], each["jp"]) for each in shown["sessions"]][-1] == (
        4, "2026-06-14T06:00:00Z", "2.000",
    )  # fmt: skip
    listed = await api.get("/classes?since=2026-06-14", "lan")
    assert [each["id"] for each in listed["items"]] == [class_id]
    assert (await api.get("/classes?since=2026-06-15"))["items"] == []
    assert (await api.get(f"/classes?course_id={shown['course_id']}&provider_id={new_id()}"))["items"] == []


LATE = {"starts_at": "2026-06-15T08:00:00+07:00", "ends_at": "2026-06-15T10:00:00+07:00", "jp": "2"}


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"begins_on": "2026-06-15"}, 422, "dates-reversed", "ends_on"),
        ({"begins_on": "2026-06-01", "ends_on": "2026-06-10", "sessions": [
            {"starts_at": "2026-06-01T08:00:00+07:00", "ends_at": "2026-06-01T16:00:00+07:00", "jp": "8"}
        ]}, 409, "class-over", "ends_on"),
        ({"sessions": [*FOUR_OF_TWO[:3], LATE]}, 422, "class-session-outside", "sessions"),
        ({"sessions": [*FOUR_OF_TWO[:3], FOUR_OF_TWO[3] | {"ends_at": "2026-06-14T12:00:00+07:00"}]},
         422, "times-reversed", "sessions"),
        ({"sessions": [FOUR_OF_TWO[1], FOUR_OF_TWO[0], *FOUR_OF_TWO[2:]]}, 422, "class-sessions-overlap", "sessions"),
        ({"sessions": FOUR_OF_TWO[:3]}, 422, "class-jp-differs", "sessions"),
        ({"sessions": [FOUR_OF_TWO[0] | {"jp": "0"}]}, 422, "jp-out-of-range", "jp"),
        ({"seats": 0}, 422, "field-invalid", "seats"),
        ({"course_id": str(OTHER_AGENCY)}, 422, "course-unknown", "course_id"),
        ({"outcomes": ["x" * 10_000]}, 422, "field-invalid", "outcomes.0"),
        ({"tags": ["a\x00b"]}, 422, "field-invalid", "tags.0"),
    ],
)  # fmt: skip
async def test_what_no_class_can_be_is_refused_by_its_rule(world, api, changes, status, code, field):
    body = said(await course(world, api), **changes)
    assert await api.refused("provider", "POST", "/classes", body) == (status, code, field)


async def test_a_course_that_is_no_class_or_not_offered_then_is_refused(world, api):
    coaching = said(await course(world, api, "NKL01", None))
    assert (await api.refused("provider", "POST", "/classes", coaching))[1:] == ("form-not-in-classes", "course_id")
    ended = await course(world, api)
    another = await course(world, api, school=world.other_school)
    assert (await api.refused("provider", "POST", "/classes", said(another)))[1:] == ("course-unknown", "course_id")
    years = said(ended, begins_on="2024-12-31", ends_on="2026-06-14")
    assert (await api.refused("provider", "POST", "/classes", years))[1:] == ("course-not-offered", "course_id")


async def test_who_comes_to_a_full_class_waits_and_gets_the_seat_that_is_freed(world, api):
    here, there = await world.person(), await world.person(agency=world.there)
    mine = await world.person()
    class_id = await published(api, await course(world, api), seats=2)
    path = f"/classes/{class_id}/enrolments"
    by_provider = await api.call("provider", "POST", path, {"person_id": str(there)})
    by_hr = await api.call("agency_hr", "POST", path, {"person_id": str(here)})
    by_self = await api.call("person", "POST", path, {"person_id": str(mine)}, person=mine)
    assert [(each.status_code, each.json()["state"]) for each in (by_provider, by_hr, by_self)] == [
        (201, "enrolled"), (201, "enrolled"), (201, "waiting"),
    ]  # fmt: skip
    again = await api.call("provider", "POST", path, {"person_id": str(mine)})
    assert (again.status_code, again.json()) == (201, by_self.json())
    assert await steps(world) == {"enrolled": 2}
    own = await api.get("/people/me/classes", "person", person=mine)
    assert [(row["class_id"], row["state"]) for row in own["items"]] == [(class_id, "waiting")]
    left = await api.call("agency_hr", "POST", f"{path}/{here}/withdraw")
    assert (left.status_code, left.json()["state"]) == (200, "withdrawn")
    assert await states(api, class_id) == {str(there): "enrolled", str(here): "withdrawn", str(mine): "enrolled"}
    assert await steps(world) == {"enrolled": 3}
    back = await api.call("agency_hr", "POST", path, {"person_id": str(here)})
    assert back.json()["state"] == "waiting", "whoever comes again is the last"


async def test_of_the_last_seat_two_at_once_get_one(world, api):
    people = await world.people(*(world.state() for _ in range(8)))
    class_id = await published(api, await course(world, api), seats=3)
    answers = await asyncio.gather(
        *(api.call("provider", "POST", f"/classes/{class_id}/enrolments", {"person_id": str(each)}) for each in people)
    )
    assert Counter(answer.json()["state"] for answer in answers) == {"enrolled": 3, "waiting": 5}


async def test_nobody_enrols_whom_they_do_not_answer_for_nor_where_there_is_nothing_to_come_to(world, api):
    here, there = await world.person(), await world.person(agency=world.there)
    gone = await world.person(left_on=date(2026, 3, 1))
    class_id = await published(api, await course(world, api))
    path = f"/classes/{class_id}/enrolments"
    unknown = (422, "person-unknown", "person_id")
    assert await api.refused("agency_hr", "POST", path, {"person_id": str(there)}) == unknown
    assert await api.refused("agency_hr", "POST", path, {"person_id": str(new_id())}) == unknown
    assert await api.refused("person", "POST", path, {"person_id": str(there)}, person=here) == unknown
    assert await api.refused("provider", "POST", path, {"nip": world.nip()}) == (422, "person-unknown", "nip")
    assert await api.refused("provider", "POST", path, {}) == (422, "field-missing", "nip")
    assert (await api.refused("provider", "POST", path, {"person_id": str(gone)}))[1] == "not-in-service"
    other = await api.refused("provider", "POST", path, {"person_id": str(here)}, provider=world.other_school)
    assert other[1] == "person-unknown", "another school enrols nobody here"
    world.clock.moment = AFTER
    assert (await api.refused("provider", "POST", path, {"person_id": str(here)}))[:2] == (409, "class-over")


async def test_a_change_and_a_cancellation_are_told_to_whoever_is_in_it_or_waits(world, api):
    people = await world.people(*(world.state() for _ in range(3)))
    course_id = await course(world, api)
    class_id = await published(api, course_id, seats=2)
    await enrolled(api, class_id, people)
    path, more = f"/classes/{class_id}", said(course_id, seats=3, tags=["baru"])
    stale = await api.call("provider", "PUT", path, more, headers={"if-match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed-meanwhile")
    changed = await api.call("provider", "PUT", path, more, headers={"if-match": '"1"'})
    assert (changed.status_code, changed.json()["version"], changed.json()["enrolled"]) == (200, 2, 3), changed.text
    assert await steps(world) == {"enrolled": 3, "changed": 3}, "more seats go to who waits"
    same = await api.call("provider", "PUT", path, more)
    assert (same.json()["version"], await steps(world)) == (2, {"enrolled": 3, "changed": 3})
    few = await api.refused("provider", "PUT", path, said(course_id, seats=2))
    assert few == (409, "seats-taken", "seats")
    other = await api.refused("provider", "PUT", path, more, provider=world.other_school)
    assert other[:2] == (404, "not-found")
    off = await api.call("provider", "POST", f"{path}/cancel", {"reason": "Pengajar sakit"})
    assert (off.json()["cancel_reason"], await steps(world)) == (
        "Pengajar sakit", {"enrolled": 3, "changed": 3, "cancelled": 3},
    )  # fmt: skip
    for method, where, body in (
        ("POST", f"{path}/cancel", {"reason": "Lagi"}),
        ("PUT", path, more),
        ("POST", f"{path}/enrolments", {"person_id": str(people[0])}),
    ):
        assert (await api.refused("provider", method, where, body))[:2] == (409, "class-cancelled")


async def test_once_somebody_was_there_neither_sessions_nor_seats_are_taken_away(world, api):
    [person] = await world.people(world.state())
    class_id = await over(world, api, [person])
    course_id = (await api.get(f"/classes/{class_id}"))["course_id"]
    moved = said(course_id, sessions=[FOUR_OF_TWO[0] | {"starts_at": "2026-06-13T07:30:00+07:00"}, *FOUR_OF_TWO[1:]])
    assert await api.refused("provider", "PUT", f"/classes/{class_id}", moved) == (409, "class-begun", "sessions")
    for path, body in (("cancel", {"reason": "Sepi"}), (f"enrolments/{person}/withdraw", None)):
        assert (await api.refused("provider", "POST", f"/classes/{class_id}/{path}", body))[:2] == (409, "class-begun")


async def test_a_provider_sees_nobody_outside_its_own_classes(world, api):
    here, there, elsewhere = await world.people(world.state(), world.state(agency=world.there), world.state())
    class_id = await published(api, await course(world, api))
    await enrolled(api, class_id, [here, there])
    theirs = await published(api, await course(world, api, school=world.other_school), world.other_school)
    await enrolled(api, theirs, [elsewhere], world.other_school)
    path = f"/classes/{class_id}/people"

    async def seen(role: str, **claims) -> set[str]:
        return {row["person_id"] for row in (await api.get(path, role, **claims))["items"]}

    assert await seen("provider") == {str(here), str(there)}
    assert await seen("agency_hr") == {str(here)}
    assert await seen("person", person=there) == {str(there)}
    assert await seen("lan") == {str(here), str(there)}
    shown = await api.call("provider", "GET", path, subject="provider")
    whom = caller("provider", clock=world.clock, nip_key=NIP_KEY)
    assert introduced(whom, [shown.headers[HEADER]]) == {here, there}, "as many are called by name"
    assert HEADER not in (await api.call("person", "GET", path, person=there)).headers
    for role, claims in (
        ("provider", {"provider": world.other_school}), ("person", {"person": elsewhere}), ("agency_hr", {"agency": new_id()}),
    ):  # fmt: skip
        assert (await api.refused(role, "GET", path, **claims))[:2] == (404, "not-found")
    # Who is known and who is not is answered alike: nobody is found by sending numbers.
    world.clock.moment = AFTER
    for what, more in (("attendance", {"session": 1, "present": True}), ("results", {"name": "Sari"})):
        lines = [{"person_id": str(each), **more} for each in (elsewhere, new_id())]
        answers = await api.bulk(f"/classes/{class_id}/{what}:batch", lines, "provider")
        assert [answer["code"] for answer in answers] == ["not-in-class"] * 2
        refused = await api.call(
            "provider", "POST", f"/classes/{theirs}/{what}:batch", headers={"content-type": "application/x-ndjson"}
        )
        assert refused.status_code == 404


async def test_looking_at_who_is_in_a_class_leaves_an_entry(world, api):
    people = await world.people(world.state(), world.state())
    class_id = await published(api, await course(world, api))
    await enrolled(api, class_id, people)
    await api.get(f"/classes/{class_id}/people", "provider")
    looks = [each.event for each in await world.told() if type(each.event).__name__ == "RecordViewed"]
    assert [(look.part, set(look.person_ids)) for look in looks] == [("trainings", set(people))]


async def test_a_chunk_of_seats_takes_the_same_statements_for_one_and_for_five_hundred(world, api):
    people = await world.people(*(world.state() for _ in range(501)))
    class_id = await published(api, await course(world, api), seats=1000)
    taken = []
    for some in (people[:1], people[1:]):
        with counted_statements(world.database) as statements:
            await enrolled(api, class_id, some)
        taken.append(len(statements))
    assert taken[0] == taken[1], taken


async def test_classes_with_a_seat_that_close_what_is_left_are_offered_the_most_first(world, api) -> None:
    [me, other] = await world.people(world.state(), world.state())
    course_id = await course(world, api, jp=None)
    hour = {"starts_at": "2026-06-13T08:00:00+07:00", "ends_at": "2026-06-13T10:00:00+07:00", "jp": "2"}
    small = await published(api, course_id, sessions=[hour])
    large = await published(api, course_id)
    full = await published(api, course_id, seats=1)
    await enrolled(api, full, [other])
    with counted_statements(world.database) as few:
        told = await api.get("/people/me/class-offers", "person", person=me)
    assert (Decimal(told["left"]), [each["id"] for each in told["items"]]) == (20, [large, small])
    assert [(Decimal(each["closes"]), each["reason"]) for each in told["items"]] == [
        (8, "Menutup 8 dari 20 JP yang masih kurang."),
        (2, "Menutup 2 dari 20 JP yang masih kurang."),
    ]
    await enrolled(api, large, [me])
    for _ in range(3):
        await published(api, course_id, sessions=[hour])
    with counted_statements(world.database) as many:
        assert len((await api.get("/people/me/class-offers", "person", person=me))["items"]) == 4
    assert len(many) == len(few)
    world.clock.moment = AFTER
    assert (await api.get("/people/me/class-offers", "person", person=me))["items"] == [], "they have begun"


async def test_hr_reads_the_classes_of_its_people_what_came_of_them_and_which_they_may_still_come_to(
    world, api
) -> None:
    here, late, there = await world.people(world.state(), world.state(), world.state(agency=world.there))
    past = await over(world, api, [here, late, there])
    await results(api, past, [here, there])
    await results(api, past, [late], passed=False)
    course_id = await course(world, api, jp=None)
    hour = {"starts_at": "2026-06-20T08:00:00+07:00", "ends_at": "2026-06-20T10:00:00+07:00", "jp": "2"}
    day = {"begins_on": "2026-06-20", "ends_on": "2026-06-20", "sessions": [hour]}
    called_off, small, free = [await published(api, course_id, seats=1, **day) for _ in range(3)]
    assert (await api.call("provider", "POST", f"/classes/{called_off}/cancel", {"reason": "x"})).status_code == 200
    await enrolled(api, small, [there, here, late])
    assert (await api.call("agency_hr", "POST", f"/classes/{small}/enrolments/{late}/withdraw")).status_code == 200

    async def listed(path: str) -> list[tuple[str, int, int, int, int]]:
        found = await api.get(f"/agencies/{AGENCY}/classes{path}", "agency_hr")
        own = ("own_enrolled", "own_waiting", "own_passed", "own_failed")
        return [(each["id"], *(each[name] for name in own)) for each in found["items"]]

    with counted_statements(world.database) as few:
        assert await listed("") == [(small, 0, 1, 0, 0), (past, 2, 0, 1, 1)]
    assert await listed("?attended=false") == [(small, 0, 1, 0, 0), (free, 0, 0, 0, 0)]
    first = await api.get(f"/agencies/{AGENCY}/classes?limit=1", "agency_hr")
    assert [each[0] for each in await listed(f"?limit=1&after={first['next']}")] == [past]
    for _ in range(3):
        await enrolled(api, await published(api, course_id, **day), [here])
    with counted_statements(world.database) as many:
        assert len(await listed("")) == 5
    assert len(many) == len(few)
    assert await api.refused("agency_hr", "GET", f"/agencies/{OTHER_AGENCY}/classes") == (404, "not-found", None)
