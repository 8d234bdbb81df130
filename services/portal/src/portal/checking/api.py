"""A verifier: the records that wait longest are taken, and confirmed or refused with the evidence beside the claim."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.refused import Refused
from common.texts import text_named
from portal import rights
from portal.asking import get, post
from portal.deeds import chosen, done
from portal.forms import Form
from portal.menu import Item
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Checker = Annotated[Visit, Depends(rights.CHECKER)]

MENU = (Item("/checking", text_named("menu.checking"), rights.CHECKER.roles),)
SERVICE = "training"
TAKEN = 20
"""How many records are taken at once."""
SHOWN = 100


@router.get("/checking")
async def in_hand(visit: Checker) -> Response:
    return await _in_hand(visit, visit.form)


@router.post("/checking")
async def take(visit: Checker) -> Response:
    question = post(SERVICE, "/checks:take", {"most": TAKEN})
    return await done(visit, question, "/checking?taken=true", lambda form: _in_hand(visit, form))


async def _in_hand(visit: Visit, form: Form) -> Response:
    [found] = await visit.ask(get(SERVICE, "/checks", limit=SHOWN))
    names = await visit.names((each["record"]["person_id"] for each in found.items), found)
    return visit.page("checking/list.html", 422 if form.faults else found.page, form=form, found=found, names=names)


@router.get("/checking/{check_id}")
async def check(visit: Checker, check_id: UUID) -> Response:
    return await _check(visit, check_id, visit.form)


@router.post("/checking/{check_id}")
async def decide(visit: Checker, check_id: UUID) -> Response:
    path = f"/checks/{check_id}"
    deeds = {
        "confirm": post(SERVICE, f"{path}/confirm"),
        "refuse": post(SERVICE, f"{path}/refuse", visit.form.given("reason")),
    }
    said = f"/checking?done={visit.form['do']}"
    return await done(visit, chosen(visit, deeds), said, lambda form: _check(visit, check_id, form), ("reason",))


async def _check(visit: Visit, check_id: UUID, form: Form) -> Response:
    """The claim and what proves it, side by side."""
    path = f"/checks/{check_id}"
    found, evidence, packs = await visit.ask(
        get(SERVICE, path), get(SERVICE, f"{path}/evidence"), get(SERVICE, "/rule-packs")
    )
    if found.missing:
        raise Refused("not-found")
    record = found.body["record"] if found.ok else None
    names = await visit.names([record["person_id"]], found) if record else {}
    forms = [each for pack in packs.body for each in pack["forms"]] if packs.ok and record else ()
    kind = next((each["label"] for each in forms if each["code"] == record["form"]), None) if record else None
    return visit.page(
        "checking/one.html", 422 if form.faults else found.page, form=form, found=found, evidence=evidence, names=names,
        kind=kind, check_id=check_id,
    )  # fmt: skip


@router.get("/checking/{check_id}/files/{file_id}")
async def file(visit: Checker, check_id: UUID, file_id: UUID) -> Response:
    """A file of a record in hand: a picture is shown, anything else is taken away."""
    [found] = await visit.ask(get(SERVICE, f"/checks/{check_id}/evidence/{file_id}"))
    if not found.ok:
        raise Refused("not-found")
    shown = "inline" if found.media_type in {"image/png", "image/jpeg"} else "attachment"
    return Response(found.content, media_type=found.media_type, headers={"content-disposition": shown})
