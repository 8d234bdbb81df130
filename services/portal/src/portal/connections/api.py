"""Connections to learning platforms: how each is, its keys, and what waits until somebody says which course or person it is."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.refused import Refused
from common.texts import text_named
from portal import rights
from portal.asking import Answer, bulk, get, post, put, take_away
from portal.deeds import chosen, done
from portal.forms import Form
from portal.menu import Item
from portal.texts import say
from portal.visits import Visit, to

router = APIRouter(include_in_schema=False)

Admin = Annotated[Visit, Depends(rights.PLATFORMS)]

MENU = (Item("/connections", text_named("menu.connections"), rights.PLATFORMS.roles),)
SERVICE = "connectors"
CONNECTION = ("name", "platform")
KEEPERS = ("agency_hr", "provider")
"""Who may connect a platform, as the service has it: others are shown no form that it would refuse."""


@router.get("/connections")
async def connections(visit: Admin, after: str | None = None) -> Response:
    return await _connections(visit, visit.form, after)


@router.post("/connections")
async def connect(visit: Admin) -> Response:
    question = post(SERVICE, "/connections", visit.form.given(*CONNECTION))
    return await done(visit, question, "/connections", lambda form: _connections(visit, form), CONNECTION)


async def _connections(visit: Visit, form: Form, after: str | None = None) -> Response:
    [found] = await visit.ask(get(SERVICE, "/connections", after=after))
    keeper = visit.who.hat in KEEPERS
    return _page(visit, "list", form, connections=found, keeper=keeper)


@router.get("/connections/{connection_id}")
async def connection(visit: Admin, connection_id: UUID) -> Response:
    return await _connection(visit, connection_id, visit.form)


@router.post("/connections/{connection_id}")
async def change_connection(visit: Admin, connection_id: UUID) -> Response:
    form, path = visit.form, f"/connections/{connection_id}"
    if form["do"] == "rotate":
        return await _rotate(visit, connection_id)
    if form["do"] == "map-user":
        return await _map_user(visit, connection_id)
    named = form.given(*CONNECTION)
    key = f"/{form.known('key')}" if form["key"] else ""
    deeds = {
        "test": post(SERVICE, "/test-calls"),
        "end-key": take_away(SERVICE, f"{path}/credentials{key}"),
        "on": put(SERVICE, path, named | {"enabled": True}, seen=form["version"]),
        "off": put(SERVICE, path, named | {"enabled": False}, seen=form["version"]),
        "map-course": post(SERVICE, f"{path}/course-mappings", form.given("course", "course_code")),
    }
    question, fields = chosen(visit, deeds), (*CONNECTION, "course_code")
    said = f"{path}?done={form['do']}"
    return await done(visit, question, said, lambda form: _connection(visit, connection_id, form), fields)


async def _rotate(visit: Visit, connection_id: UUID) -> Response:
    """A new key; its secret stands on this one page, and on no other ever."""
    sent = await visit.do(post(SERVICE, f"/connections/{connection_id}/credentials"))
    if sent.ok:
        return visit.page("connections/secret.html", key=sent.body, connection_id=connection_id)
    return await _connection(visit, connection_id, _refused(visit, sent))


async def _map_user(visit: Visit, connection_id: UUID) -> Response:
    """Says who one user of the platform is: a bulk upload of one line."""
    form = visit.form
    try:
        line = json.loads(form["told"]) | form.given("nip")
    except (ValueError, TypeError) as error:
        raise Refused("not-found") from error
    path = f"/connections/{connection_id}"
    sent = await visit.do(bulk(SERVICE, f"{path}/users:batch", [line]))
    refused = [each for each in sent.lines if each["status"] == "refused"]
    if refused:
        sent = Answer(422, {"errors": refused})
    if sent.ok:
        return to(f"{path}?done=map-user")
    return await _connection(visit, connection_id, _refused(visit, sent))


def _refused(visit: Visit, sent: Answer) -> Form:
    return visit.form.refused(sent, ("nip",), say("form.not-sent", visit.language))


async def _connection(visit: Visit, connection_id: UUID, form: Form) -> Response:
    path = f"/connections/{connection_id}"
    found, courses, users, mappings = await visit.ask(
        get(SERVICE, path),
        get(SERVICE, f"{path}/unmapped-courses"),
        get(SERVICE, f"{path}/unmapped-users"),
        get(SERVICE, f"{path}/course-mappings"),
    )
    if found.missing:
        raise Refused("not-found")
    told = [each | {"written": json.dumps(each["told"], sort_keys=True)} for each in users.items]
    return _page(
        visit, "one", form, connection=found, courses=courses, users=users, told=told, mappings=mappings,
        keeper=visit.who.hat in KEEPERS, platform=visit.who.hat == "platform_admin",
    )  # fmt: skip


@router.get("/connections/{connection_id}/reports")
async def reports(visit: Admin, connection_id: UUID, state: str | None = None, after: str | None = None) -> Response:
    """What came and what became of it: of a course that was mapped, what it credits."""
    path = f"/connections/{connection_id}/reports"
    [found] = await visit.ask(get(SERVICE, path, state=state or None, after=after))
    if found.missing:
        raise Refused("not-found")
    return visit.page("connections/reports.html", reports=found, connection_id=connection_id, state=state)


def _page(visit: Visit, template: str, form: Form, **values: Any) -> Response:
    return visit.page(f"connections/{template}.html", 422 if form.faults else 200, form=form, **values)
