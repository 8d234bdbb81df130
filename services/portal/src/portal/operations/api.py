"""An operator: what runs, how far behind it is, what waits, and dead letters, which a worker sends again when asked."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from common.refused import Refused
from common.texts import text_named
from portal import rights
from portal.asking import get, post
from portal.deeds import done
from portal.forms import Form
from portal.menu import Item
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Operator = Annotated[Visit, Depends(rights.OPERATOR)]

MENU = (Item("/operations", text_named("menu.operations"), rights.OPERATOR.roles),)
STILL = timedelta(minutes=1)
"""A worker that has told nothing for so long stands still: it tells every few seconds."""
SHOWN = 50


@router.get("/operations")
async def operations(visit: Operator) -> Response:
    names = _services(visit)
    answers = await visit.ask(*(get(name, "/operations") for name in names))
    still_since = visit.parts.clock.now() - STILL
    still = {
        (each["consumer"], each["instance"])
        for answer in answers
        if answer.ok
        for each in answer.body["consumers"]
        if datetime.fromisoformat(each["seen_at"]) < still_since
    }
    return visit.page(
        "operations/services.html",
        services=dict(zip(names, answers, strict=True)),
        still=still,
        settings=visit.portal.settings,
    )


def _services(visit: Visit) -> list[str]:
    """The services that have workers."""
    return [name for name in visit.portal.settings.services if name != "portal"]


@router.get("/operations/{service}")
async def letters(visit: Operator, service: str, after: str | None = None) -> Response:
    return await _letters(visit, service, visit.form, after)


@router.post("/operations/{service}")
async def replay(visit: Operator, service: str) -> Response:
    """Asks that letters are sent again: one, or all of a page."""
    if service not in _services(visit):
        raise Refused("not-found")
    ids = [each for each in visit.form["letters"].split(",") if each]
    question = post(service, "/operations/letters:replay", {"letter_ids": ids})
    address = f"/operations/{service}?asked={len(ids)}"
    return await done(visit, question, address, lambda form: _letters(visit, service, form))


async def _letters(visit: Visit, service: str, form: Form, after: str | None = None) -> Response:
    if service not in _services(visit):
        raise Refused("not-found")
    [found] = await visit.ask(get(service, "/operations/letters", after=after, limit=SHOWN))
    return visit.page(
        "operations/letters.html", 422 if form.faults else found.page, form=form, found=found, service=service
    )
