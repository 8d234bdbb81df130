"""A person's own data: everything as a file, and requests that it be corrected or rest, each with its clock."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.refused import Refused
from common.texts import text_named
from portal import rights
from portal.asking import get, handed_on, post
from portal.deeds import chosen, done
from portal.forms import Form
from portal.menu import Item
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Own = Annotated[Visit, Depends(rights.PERSON)]

MENU = (Item("/data", text_named("menu.data"), rights.PERSON.roles),)
ASKED = ("kind", "part", "wrong", "paper")
REGISTRY = "registry"


@router.get("/data")
async def data(visit: Own) -> Response:
    return await _data(visit, visit.form)


@router.post("/data")
async def ask_of_data(visit: Own) -> Response:
    """Asks for everything as a file, for a correction or a rest; withdraws a request, or lifts what it led to."""
    form = visit.form
    request = f"/data-requests/{form.known('request')}" if form["request"] else ""
    deeds = {
        "file": post(REGISTRY, "/data-files", {"language": visit.language}),
        "ask": post(REGISTRY, "/people/me/data-requests", form.given(*ASKED)),
        "withdraw": post(REGISTRY, f"{request}/withdraw", {}),
        "lift": post(REGISTRY, f"{request}/lift", {}),
    }
    return await done(visit, chosen(visit, deeds), "/data", lambda form: _data(visit, form), ASKED)


@router.get("/data/{file_id}/{form}")
async def data_file(visit: Own, file_id: UUID, form: str) -> Response:
    """The file itself, as registry has it."""
    [found] = await visit.ask(get(REGISTRY, f"/data-files/{file_id}/{form}"))
    if not found.ok:
        raise Refused("unavailable" if found.away else "not-found")
    return handed_on(found)


async def _data(visit: Visit, form: Form) -> Response:
    own = {"person_id": visit.person}
    files, requests = await visit.ask(get(REGISTRY, "/data-files", **own), get(REGISTRY, "/data-requests", **own))
    return visit.page("data/data.html", 422 if form.faults else 200, files=files, requests=requests, form=form)
