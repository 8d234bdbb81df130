"""LAN says which providers may give which form of learning, and from when to when."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.refused import Refused
from common.texts import text_named
from portal import rights
from portal.asking import get, post, put
from portal.deeds import done
from portal.forms import Form
from portal.menu import Item
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Accreditor = Annotated[Visit, Depends(rights.LAN)]

MENU = (Item("/providers", text_named("menu.providers"), rights.LAN.roles),)
SERVICE = "training"
SHOWN = 50
FIELDS = ("form", "valid_from", "valid_to")
"""The fields of an accreditation, as training has them."""


@router.get("/providers")
async def providers(visit: Accreditor, after: str | None = None) -> Response:
    return await _providers(visit, visit.form, after)


@router.post("/providers")
async def register(visit: Accreditor) -> Response:
    question = post(SERVICE, "/providers", visit.form.given("code", "name"))
    return await done(visit, question, "/providers", lambda form: _providers(visit, form), ("code", "name"))


async def _providers(visit: Visit, form: Form, after: str | None = None) -> Response:
    [found] = await visit.ask(get(SERVICE, "/providers", after=after, limit=SHOWN))
    today = visit.parts.clock.today().isoformat()
    valid = {each["id"]: sum(1 for one in each["accreditations"] if _holds(one, today)) for each in found.items}
    return visit.page(
        "accreditation/providers.html", 422 if form.faults else found.page, form=form, found=found, valid=valid
    )


def _holds(accreditation: Mapping[str, Any], day: str) -> bool:
    return accreditation["valid_from"] <= day and (accreditation["valid_to"] or "9999") > day


@router.get("/providers/{provider_id}")
async def provider(visit: Accreditor, provider_id: UUID) -> Response:
    return await _provider(visit, provider_id, visit.form)


@router.post("/providers/{provider_id}")
async def accredit(visit: Accreditor, provider_id: UUID) -> Response:
    """Adds an accreditation, or gives one its end: the whole list is put in the place of the one that was seen."""
    [found] = await visit.ask(get(SERVICE, f"/providers/{provider_id}"))
    if not found.ok:
        return await _provider(visit, provider_id, visit.form)
    kept = _changed(visit.form, found.body["accreditations"])
    said = {"code": found.body["code"], "name": found.body["name"], "accreditations": kept}
    question = put(SERVICE, f"/providers/{provider_id}", said, seen=visit.form["version"])
    address = f"/providers/{provider_id}?done=true"
    return await done(visit, question, address, lambda form: _provider(visit, provider_id, form), FIELDS)


def _changed(form: Form, known: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The list with what the form says. Raises Refused `not-found` for what none of the page does."""
    if form["do"] == "add":
        return [*known, form.given(*FIELDS)]
    if form["do"] != "end":
        raise Refused("not-found")
    meant = (form["form"], form["valid_from"])
    return [
        {**each, **form.given("valid_to")} if (each["form"], each["valid_from"]) == meant else each for each in known
    ]


async def _provider(visit: Visit, provider_id: UUID, form: Form) -> Response:
    path = f"/providers/{provider_id}"
    found, changes, packs = await visit.ask(
        get(SERVICE, path), get(SERVICE, f"{path}/accreditation-changes"), get(SERVICE, "/rule-packs")
    )
    if found.missing:
        raise Refused("not-found")
    forms = {each["code"]: each["label"] for pack in packs.body for each in pack["forms"]} if packs.ok else {}
    return visit.page(
        "accreditation/provider.html",
        422 if form.faults else found.page,
        form=form,
        found=found,
        changes=changes,
        forms=forms,
    )
