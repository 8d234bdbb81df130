"""The pages of a civil servant about themselves: hours of the year, records, a declaration, and who looked."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Response

from common.texts import text_named
from portal import rights
from portal.asking import Answer, file, get, handed_on, post
from portal.forms import Form
from portal.menu import Item
from portal.texts import say
from portal.visits import Visit, to

router = APIRouter(include_in_schema=False)
uploads = APIRouter(include_in_schema=False)

Own = Annotated[Visit, Depends(rights.PERSON)]

MENU = (
    Item("/card", text_named("menu.card"), rights.PERSON.roles),
    Item("/records", text_named("menu.records"), rights.PERSON.roles),
    Item("/declare", text_named("menu.declare"), rights.PERSON.roles),
    Item("/looks", text_named("menu.looks"), rights.PERSON.roles),
)
FIELDS = ("form", "title", "start_date", "end_date", "jp", "provider_code", "evidence", "degree")
"""The fields of a declaration, as training has them."""
MOST_BYTES = 12 * 1024 * 1024
"""Of a form with a file: somewhat more than training keeps of one. What is longer is refused before it has come."""
SOURCE = "portal"
"""As which system the portal is named in what somebody declares on it."""


@router.get("/card")
async def card(visit: Own, year: int | None = None) -> Response:
    [duty] = await visit.ask(get("training", "/people/me/jp", year=year))
    forms = [(form["label"], form["counted"]) for form in duty.body["forms"]] if duty.ok else ()
    return visit.page("own/card.html", duty=duty, forms=forms)


@router.get("/records")
async def records(visit: Own, year: int | None = None, after: str | None = None, declared: bool = False) -> Response:
    [found] = await visit.ask(get("training", "/trainings", person_id=visit.person, year=year, after=after, limit=50))
    return visit.page("own/records.html", records=found, year=year, declared=declared)


@router.get("/records/{record_id}")
async def record(visit: Own, record_id: UUID, declared: bool = False) -> Response:
    return await _record(visit, record_id, visit.form, declared=declared)


@uploads.post("/records/{record_id}", max_body_size=MOST_BYTES)
async def prove(visit: Own, record_id: UUID) -> Response:
    """Adds a file that proves a record."""
    sent = await _proven(visit, record_id)
    return to(f"/records/{record_id}") if sent.ok else await _unproven(visit, record_id, sent, declared=False)


async def _proven(visit: Visit, record_id: UUID) -> Answer:
    """Hands the file of a form to training as evidence. The same file again changes nothing."""
    photo = visit.files.get("photo")
    content, name = (await photo.read(), photo.filename) if photo else (b"", None)
    [sent] = await visit.ask(file("training", f"/trainings/{record_id}/evidence", content, name=name or "-"))
    return sent


async def _unproven(visit: Visit, record_id: UUID, sent: Answer, *, declared: bool) -> Response:
    faults = [fault["message"] for fault in sent.faults] or [say("form.not-sent", visit.language)]
    return await _record(visit, record_id, Form({}, {"photo": faults}), declared=declared)


async def _record(visit: Visit, record_id: UUID, typed: Form, *, declared: bool) -> Response:
    """One record: what it counts and why, what proves it, what was decided, what it said before, and what it gives in credit."""
    one, history, checks, evidence, given, packs = await visit.ask(
        get("training", f"/trainings/{record_id}"),
        get("training", f"/trainings/{record_id}/history"),
        get("training", f"/trainings/{record_id}/checks"),
        get("training", f"/trainings/{record_id}/evidence"),
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
    kind = next((each for each in pack["forms"] if each["code"] == one.body["form"]), None) if pack else None
    return visit.page(
        "own/record.html", 422 if typed.faults else 200, record=one, history=history, checks=checks, evidence=evidence,
        given=given, pack=pack, kind=kind, form=typed, declared=declared,
    )  # fmt: skip


@router.get("/transcript")
async def transcript(visit: Own) -> Response:
    return visit.page("own/transcript.html", form=visit.form)


@router.post("/transcript")
async def hand_out_transcript(visit: Own) -> Response:
    """The signed transcript as a file. Their number, which stands on it, is asked of registry and kept nowhere."""
    [oneself] = await visit.ask(get("registry", "/people/me"))
    sent = oneself
    if oneself.ok:
        asked = {"nip": oneself.body["nip"], "form": visit.form["as"]}
        [sent] = await visit.ask(post("training", "/people/me/transcript", asked))
    if sent.ok:
        return handed_on(sent)
    form = visit.form.refused(sent, (), say("transcript.away", visit.language))
    return visit.page("own/transcript.html", 422, form=form)


@router.get("/declare")
async def declare(visit: Own) -> Response:
    return await _declaration(visit)


@uploads.post("/declare", max_body_size=MOST_BYTES)
async def send_declaration(visit: Own) -> Response:
    """Declares a training, with a photo of what proves it; sent again, by a double click, the way back or a draft, it is one record."""
    form, once = visit.form, visit.typed.get("once") or str(uuid4())
    training: dict[str, Any] = form.given(*FIELDS) | {
        "person_id": str(visit.person), "reference": once, "source_name": SOURCE,
        "international": "international" in visit.typed,
    }  # fmt: skip
    if "jp" in training:
        training["jp"] = training["jp"].replace(",", ".")
    sent = await visit.do(post("training", "/trainings", training, once=once))
    if not sent.ok:
        return await _declaration(visit, sent)
    record_id = UUID(sent.body["id"])
    if "photo" in visit.files:
        proven = await _proven(visit, record_id)
        if not proven.ok:
            return await _unproven(visit, record_id, proven, declared=True)
    return to(f"/records/{record_id}?declared=true")


async def _declaration(visit: Visit, sent: Any = None) -> Response:
    [packs] = await visit.ask(get("training", "/rule-packs"))
    form = visit.form
    if sent is not None:
        form = form.refused(sent, FIELDS, say("form.not-sent", visit.language))
    current = next((pack for pack in packs.body if pack["valid_to"] is None), packs.body[-1]) if packs.ok else None
    return visit.page(
        "own/declare.html", 422 if sent is not None else 200, form=form, pack=current,
        mark=visit.portal.seal.mark("draft", visit.who.whose),
    )  # fmt: skip


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
    sent = await visit.do(post("registry", "/people/me/contact/check", visit.form.given("token")))
    if sent.ok:
        return visit.page("own/address-checked.html", contact=sent)
    form = visit.form.refused(sent, (), say("form.not-sent", visit.language))
    return visit.page("own/address.html", 422, token=form["token"], form=form)
