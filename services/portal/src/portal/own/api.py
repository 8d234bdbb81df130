"""The pages of a civil servant about themselves: hours of the year, records, a declaration, and who looked."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Response

from common.texts import text_named
from portal import rights
from portal.asking import get, post
from portal.menu import Item
from portal.texts import say
from portal.visits import Visit, to

router = APIRouter(include_in_schema=False)

Own = Annotated[Visit, Depends(rights.PERSON)]

MENU = (
    Item("/card", text_named("menu.card"), rights.PERSON.roles),
    Item("/records", text_named("menu.records"), rights.PERSON.roles),
    Item("/declare", text_named("menu.declare"), rights.PERSON.roles),
    Item("/looks", text_named("menu.looks"), rights.PERSON.roles),
)
FIELDS = ("form", "title", "start_date", "end_date", "jp", "provider_code", "evidence", "degree")
"""The fields of a declaration, as training has them."""
SOURCE = "portal"
"""As which system the portal is named in what somebody declares on it."""


@router.get("/card")
async def card(visit: Own, year: int | None = None) -> Response:
    [duty] = await visit.ask(get("training", "/people/me/jp", year=year))
    return visit.page("own/card.html", duty=duty)


@router.get("/records")
async def records(visit: Own, year: int | None = None, after: str | None = None, declared: bool = False) -> Response:
    [found] = await visit.ask(get("training", "/trainings", person_id=visit.person, year=year, after=after, limit=50))
    return visit.page("own/records.html", records=found, year=year, declared=declared)


@router.get("/records/{record_id}")
async def record(visit: Own, record_id: UUID) -> Response:
    """One record: what it counts and why, what was decided, what it said before, and what it gives in credit."""
    one, history, checks, given, packs = await visit.ask(
        get("training", f"/trainings/{record_id}"),
        get("training", f"/trainings/{record_id}/history"),
        get("training", f"/trainings/{record_id}/checks"),
        get("credit", f"/evidence/{record_id}"),
        get("training", "/rule-packs"),
    )
    if one.missing:
        return visit.page("own/no-record.html", 404)
    pack = (
        next((each for each in packs.body if each["id"] == one.body["rule_pack"]), None)
        if packs.ok and one.ok
        else None
    )
    form = next((each for each in pack["forms"] if each["code"] == one.body["form"]), None) if pack else None
    return visit.page("own/record.html", record=one, history=history, checks=checks, given=given, pack=pack, form=form)


@router.get("/declare")
async def declare(visit: Own) -> Response:
    return await _declaration(visit)


@router.post("/declare")
async def send_declaration(visit: Own) -> Response:
    """Declares a training; sent again, by a double click or the way back, it is one record."""
    form, once = visit.form, visit.typed.get("once") or str(uuid4())
    training: dict[str, Any] = form.given(*FIELDS) | {
        "person_id": str(visit.person), "reference": once, "source_name": SOURCE,
        "international": "international" in visit.typed,
    }  # fmt: skip
    if "jp" in training:
        training["jp"] = training["jp"].replace(",", ".")
    [sent] = await visit.ask(post("training", "/trainings", training, once=once))
    if sent.ok:
        return to(f"/records/{sent.body['id']}?declared=true")
    return await _declaration(visit, sent)


async def _declaration(visit: Visit, sent: Any = None) -> Response:
    [packs] = await visit.ask(get("training", "/rule-packs"))
    form = visit.form
    if sent is not None:
        form = form.refused(sent, FIELDS, say("form.not-sent", visit.language))
    current = next((pack for pack in packs.body if pack["valid_to"] is None), packs.body[-1]) if packs.ok else None
    return visit.page(
        "own/declare.html", 422 if sent is not None else 200, form=form, pack=current, once=form["once"] or str(uuid4())
    )


@router.get("/looks")
async def looks(visit: Own, after: str | None = None) -> Response:
    [found] = await visit.ask(get("registry", "/people/me/looks", after=after))
    return visit.page("own/looks.html", looks=found)


@router.get("/contact/check")
async def check_address(visit: Own, token: str) -> Response:
    """Where the link in a mail leads that asks whether an address is one's own: looking at it uses nothing up."""
    return visit.page("own/address.html", token=token, form=visit.form)


@router.post("/contact/check")
async def confirm_address(visit: Own) -> Response:
    """Shows that the address is one's own."""
    [sent] = await visit.ask(post("registry", "/people/me/contact/check", visit.form.given("token")))
    if sent.ok:
        return visit.page("own/address-checked.html", contact=sent)
    form = visit.form.refused(sent, (), say("form.not-sent", visit.language))
    return visit.page("own/address.html", 422, token=form["token"], form=form)
