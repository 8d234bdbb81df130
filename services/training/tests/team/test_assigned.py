"""Courses that a superior assigns: to whom, what becomes of them, and who sees it."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from common.ids import new_id
from common.store.database import counted_statements

DUE = "2026-06-30"


def code_of(world) -> str:
    return f"P-{str(world.school)[-2:]}"


@pytest.fixture
async def course(world, api) -> str:
    """A course that is on offer until the end of August."""
    await world.provider([("KL03", date(2020, 1, 1), None)])
    offered = {"valid_from": "2025-01-01", "valid_to": "2026-09-01"}
    made = {
        "code": "C-1",
        "provider_code": code_of(world),
        "title": "Data untuk semua",
        "form": "KL03",
        "jp": "12",
        **offered,
    }
    return (await api.call("lan", "POST", "/courses", made)).json()["id"]


@pytest.fixture
async def chain(world) -> tuple[UUID, UUID, UUID]:
    """Somebody above somebody above somebody."""
    top = await world.post()
    middle = await world.post(top)
    return await world.holder(top), await world.holder(middle), await world.holder(await world.post(middle))


async def assigned(api, superior, person, course, due_on=DUE):
    body = {"course_id": str(course), "due_on": due_on}
    return await api.call("person", "POST", f"/team/{person}/courses", body, person=superior)


async def states(api, person, path="/people/me/courses") -> list[str]:
    return [each["state"] for each in (await api.get(path, "person", person=person))["items"]]


async def messages(world) -> list[dict]:
    return [body for name, _, body in await world.emitted() if name == "MessageRequested"]


async def test_the_person_is_told_and_both_see_the_state_until_the_record_comes(world, api, course, chain, line):
    chief, head, below = chain
    answer = await assigned(api, head, below, course)
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert {name: value for name, value in shown.items() if value is not None} == {
        "id": shown["id"],
        "person_id": str(below),
        "course_id": course,
        "title": "Data untuk semua",
        "assigned_by": str(head),
        "assigned_on": "2026-06-15",
        "due_on": DUE,
        "state": "open",
    }
    [message] = await messages(world)
    assert {name: message[name] for name in ("recipient_id", "template", "values", "reason", "expires_at")} == {
        "recipient_id": str(below),
        "template": "course",
        "values": {"course": "C-1", "title": "Data untuk semua", "due_on": DUE},
        "reason": "assigned",
        "expires_at": "2026-07-01T03:00:00Z",
    }
    seen = {"person": (below, "/people/me/courses"), "head": (head, "/team/courses"), "chief": (chief, "/team/courses")}
    for person, path in seen.values():
        assert await states(api, person, path) == ["open"]
    assert await states(api, head) == await states(api, below, "/team/courses") == []
    attended = {
        "course_code": "C-1",
        "provider_code": code_of(world),
        "start_date": "2026-06-14",
        "end_date": "2026-06-15",
    }
    [stored] = await world.store(line(below, **attended))
    assert stored.status == "stored", stored
    for person, path in seen.values():
        [found] = (await api.get(path, "person", person=person))["items"]
        assert (found["state"], found["record_id"], found["verified"]) == ("done", str(stored.id), True)
    await api.call("service", "POST", f"/trainings/{stored.id}/revoke", {"reason": "Ganda"})
    assert await states(api, below) == ["open"], "what is revoked is not attended"


async def test_a_course_attended_before_it_was_assigned_does_not_do(world, api, course, chain, line):
    _, head, below = chain
    attended = {
        "course_code": "C-1",
        "provider_code": code_of(world),
        "start_date": "2026-06-13",
        "end_date": "2026-06-14",
    }
    await world.store(line(below, **attended))
    assert (await assigned(api, head, below, course)).json()["state"] == "open"
    world.clock.moment += timedelta(days=16)
    assert await states(api, below) == ["overdue"]


async def test_nobody_but_those_above_assigns_sees_or_withdraws(world, api, course, chain):
    chief, head, below = chain
    stranger = await world.holder(await world.post())
    for superior, person in ((stranger, below), (below, head), (head, head), (below, below)):
        assert (await assigned(api, superior, person, course)).status_code == 404
    made = (await assigned(api, head, below, course)).json()
    withdraw = f"/team/courses/{made['id']}/withdraw"
    for person in (stranger, below):
        assert await api.refused("person", "POST", withdraw, person=person) == (404, "not-found", None)
    assert await states(api, stranger, "/team/courses") == []
    for role in ("lan", "agency_hr", "service"):
        assert (await api.call(role, "GET", "/team/courses")).status_code == 403
    taken = await api.call("person", "POST", withdraw, person=chief)
    assert (taken.status_code, taken.json()["state"]) == (200, "withdrawn")
    assert await api.refused("person", "POST", withdraw, person=chief) == (409, "not-open", None)
    assert len(await messages(world)) == 1


@pytest.mark.parametrize(
    ("due_on", "known", "refused"),
    [
        ("2026-06-14", True, (422, "due-gone", "due_on")),
        ("2026-09-01", True, (422, "course-not-offered", "course_id")),
        (DUE, False, (422, "course-unknown", "course_id")),
    ],
)
async def test_what_cannot_be_assigned(world, api, course, chain, due_on, known, refused):
    _, head, below = chain
    body = {"course_id": course if known else str(new_id()), "due_on": due_on}
    assert await api.refused("person", "POST", f"/team/{below}/courses", body, person=head) == refused
    assert await messages(world) == []


async def test_the_same_course_is_assigned_once_at_a_time(api, course, chain):
    chief, head, below = chain
    first = (await assigned(api, head, below, course)).json()
    again = await assigned(api, chief, below, course)
    assert (again.status_code, again.json()["code"]) == (409, "assigned-already")
    await api.call("person", "POST", f"/team/courses/{first['id']}/withdraw", person=head)
    assert (await assigned(api, chief, below, course)).status_code == 201


async def test_one_statement_and_one_entry_however_many(world, api, course):
    top = await world.post()
    chief, under = await world.holder(top), await world.post(top)
    counts = []
    for number in (1, 12):
        for _ in range(number):
            await assigned(api, chief, await world.holder(under), course)
        with counted_statements(world.database) as statements:
            found = (await api.get("/team/courses?limit=10", "person", person=chief))["items"]
        counts.append(len(statements))
    assert len(found) == 10
    assert counts == [1, 1]
