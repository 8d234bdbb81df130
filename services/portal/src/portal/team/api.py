"""A superior: who below them is short or exempt, and a reminder, once a week at most."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from common.texts import text_named
from portal import rights
from portal.asking import get, post
from portal.menu import Item
from portal.texts import say
from portal.visits import Visit, to

router = APIRouter(include_in_schema=False)

Superior = Annotated[Visit, Depends(rights.PERSON)]

MENU = (Item("/team", text_named("menu.team"), rights.PERSON.roles),)
SHOWN = 50


@router.get("/team")
async def team(visit: Superior, after: str | None = None, done: bool = False) -> Response:
    return await _team(visit, after, done=done)


@router.post("/team")
async def nudge(visit: Superior) -> Response:
    """Reminds somebody below the one who looks."""
    sent = await visit.do(post("training", f"/team/{visit.typed_id('person')}/nudge"))
    return to("/team?done=true") if sent.ok else await _team(visit, None, sent=sent)


async def _team(visit: Visit, after: str | None, *, done: bool = False, sent: Any = None) -> Response:
    [found] = await visit.ask(get("training", "/team", after=after, limit=SHOWN))
    ids = [each[whose] for each in found.items for whose in ("person_id", "superior_id")]
    form = visit.form
    if sent is not None:
        form = form.refused(sent, (), say("form.not-sent", visit.language))
    return visit.page(
        "team/team.html", found.page if sent is None else 422, found=found, names=await visit.names(ids), form=form, done=done,
        today=visit.parts.clock.today().isoformat(),
    )  # fmt: skip
