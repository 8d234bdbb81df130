"""What HR of an agency keeps: people, posts and trainings by upload, corrections of records, PICs and deputies."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from starlette.datastructures import UploadFile

from common.refused import Refused
from common.texts import text_named
from portal import rights
from portal.asking import Answer, Question, file, get, handed_on, post, put
from portal.deeds import chosen, done
from portal.forms import Form
from portal.menu import Item
from portal.texts import say
from portal.visits import Visit, to

router = APIRouter(include_in_schema=False)
uploads = APIRouter(include_in_schema=False)

Office = Annotated[Visit, Depends(rights.HR)]

MENU = (
    Item("/uploads", text_named("menu.uploads"), rights.HR.roles),
    Item("/pics", text_named("menu.pics"), rights.HR.roles),
)


class Sheet(NamedTuple):
    """A kind of spreadsheet: which service takes it, and what it is called."""

    service: str
    text: str


SHEETS: Mapping[str, Sheet] = {
    "people": Sheet("registry", text_named("sheet.people")),
    "posts": Sheet("registry", text_named("sheet.posts")),
    "trainings": Sheet("connectors", text_named("sheet.trainings")),
    "predicates": Sheet("credit", text_named("sheet.predicates")),
    "e-kinerja": Sheet("connectors", text_named("sheet.e-kinerja")),
}
TAKERS = {sheet.service for sheet in SHEETS.values()}
MOST_BYTES = 129 * 1024 * 1024
"""Of a form with a spreadsheet: somewhat more than services take. What is longer is refused before it has come."""
CHUNK = 256 * 1024
SECONDS = 120
"""That a service has to take a file in."""
ENDED = {"done", "failed", "cancelled"}
PIC = ("name", "email")
RANKS = ("main", "deputy")
DEPUTY = ("nip", "deputy_nip", "duty", "valid_from", "valid_to")
RECORD = ("form", "title", "start_date", "end_date", "jp", "evidence", "degree", "reason")
UNTYPED = ("sessions", "session_dates", "international", "competencies", "seconds")
"""Values of a record that the form leaves as they are, and so its course and provider."""


@router.get("/uploads")
async def upload_form(visit: Office) -> Response:
    return visit.page("office/uploads.html", form=visit.form, sheets=SHEETS)


@uploads.post("/uploads", max_body_size=MOST_BYTES)
async def upload(visit: Office) -> Response:
    """Hands a spreadsheet on as it is, piece by piece, and goes on to how far it is."""
    sheet, sent = SHEETS.get(visit.form["kind"]), visit.files.get("sheet")
    if sheet is None or sent is None:
        fault = "kind" if sheet is None else "sheet"
        form = Form(visit.typed, {fault: [say("uploads.choose", visit.language)]})
        return visit.page("office/uploads.html", 422, form=form, sheets=SHEETS)
    tried = "dry_run" in visit.typed
    path = f"/imports:{visit.form['kind']}"
    [answer] = await visit.ask(file(sheet.service, path, _pieces(sent), seconds=SECONDS, dry_run=tried))
    if answer.ok:
        return to(f"/uploads/{sheet.service}/{answer.body['id']}")
    form = visit.form.refused(answer, ("sheet",), say("form.not-sent", visit.language))
    return visit.page("office/uploads.html", 422, form=form, sheets=SHEETS)


async def _pieces(sent: UploadFile) -> AsyncIterator[bytes]:
    while piece := await sent.read(CHUNK):
        yield piece


@router.get("/uploads/templates/{kind}")
async def template(visit: Office, kind: str) -> Response:
    """A spreadsheet to fill in."""
    sheet = SHEETS.get(kind)
    if sheet is None:
        raise Refused("not-found")
    return await _file(visit, get(sheet.service, f"/imports/{kind}/template"))


@router.get("/uploads/{service}/{import_id}")
async def progress(visit: Office, service: str, import_id: UUID) -> Response:
    """How far an upload is; the page asks again until it has ended, and without JavaScript whoever reads it does."""
    [found] = await visit.ask(get(_taker(service), f"/imports/{import_id}"))
    ended = found.ok and found.body["state"] in ENDED
    return visit.page("office/progress.html", 404 if found.missing else 200, found=found, ended=ended)


@router.get("/uploads/{service}/{import_id}/refused")
async def refused_rows(visit: Office, service: str, import_id: UUID) -> Response:
    """The rows that were refused, with the reasons, in the format they came in."""
    return await _file(visit, get(_taker(service), f"/imports/{import_id}/refused"))


def _taker(service: str) -> str:
    if service not in TAKERS:
        raise Refused("not-found")
    return service


async def _file(visit: Visit, question: Question) -> Response:
    [found] = await visit.ask(question)
    if not found.ok:
        raise Refused("unavailable" if found.away else "not-found")
    return handed_on(found)


@router.get("/corrections/{record_id}")
async def correction(visit: Office, record_id: UUID) -> Response:
    return await _correction(visit, record_id, visit.form if visit.typed else None)


@router.post("/corrections/{record_id}")
async def correct(visit: Office, record_id: UUID) -> Response:
    """Corrects a record of somebody of the agency, or makes it count no more; each with its reason."""
    path, form = f"/trainings/{record_id}", visit.form
    if form["do"] == "revoke":
        question = post("training", f"{path}/revoke", form.given("reason"))
    else:
        question = put("training", path, await _values(visit, path), seen=form["version"])
    address = f"/corrections/{record_id}?done=true"
    return await done(visit, question, address, lambda form: _correction(visit, record_id, form), RECORD)


async def _values(visit: Visit, path: str) -> dict[str, Any]:
    """All values of a record: those that were typed, and the others as they are. Raises Refused `not-found`, and as `visit.do`."""
    one = await visit.do(get("training", path))
    if not one.ok:
        raise Refused("not-found")
    named = [name for name in ("provider", "course") if one.body[f"{name}_id"]]
    found = await visit.ask(*(get("training", f"/{name}s/{one.body[f'{name}_id']}") for name in named))
    codes = {f"{name}_code": answer.body["code"] for name, answer in zip(named, found, strict=True) if answer.ok}
    typed = visit.form.given(*RECORD)
    if "jp" in typed:
        typed["jp"] = typed["jp"].replace(",", ".")
    return {name: one.body[name] for name in UNTYPED if one.body[name] is not None} | codes | typed


async def _correction(visit: Visit, record_id: UUID, form: Form | None) -> Response:
    one, packs = await visit.ask(get("training", f"/trainings/{record_id}"), get("training", "/rule-packs"))
    if form is None:
        form = Form({name: str(value) for name, value in _typed(one).items() if value is not None})
    pack = packs.body[-1] if packs.ok else None
    status = 422 if form.faults else one.page
    return visit.page("office/correction.html", status, record=one, pack=pack, form=form)


def _typed(one: Answer) -> Mapping[str, Any]:
    return one.body | {"jp": one.body["jp_stated"]} if one.ok else {}


@router.get("/pics")
async def pics(visit: Office) -> Response:
    return await _pics(visit, visit.form)


@router.post("/pics")
async def name_pics(visit: Office) -> Response:
    """Names exactly these PICs, or a deputy; ends what a deputy does."""
    form = visit.form
    given = [{"rank": rank} | {name: form[f"{rank}_{name}"].strip() for name in PIC} for rank in RANKS]
    named = [each for each in given if each["name"] or each["email"]]
    ended = f"/deputies/{form.known('delegation')}/end" if form["delegation"] else ""
    deeds = {
        "pics": put("registry", f"/agencies/{visit.agency}/pics", {"pics": named}, seen=form["version"]),
        "deputy": post("registry", "/deputies", form.given(*DEPUTY)),
        "end": post("registry", ended, {"on": str(visit.parts.clock.today())}),
    }
    return await done(visit, chosen(visit, deeds), "/pics", lambda form: _pics(visit, form), DEPUTY)


async def _pics(visit: Visit, form: Form) -> Response:
    agency = f"/agencies/{visit.agency}"
    found, deputies, duties = await visit.ask(
        get("registry", f"{agency}/pics"), get("registry", f"{agency}/deputies"), get("registry", "/duties")
    )
    if found.ok and form["do"] != "pics":
        held = {f"{pic['rank']}_{name}": pic[name] for pic in found.body["pics"] for name in PIC}
        form = Form({**form.typed, **held}, form.faults)
    names = await visit.names(each[who] for each in deputies.items for who in ("person_id", "deputy_id"))
    return visit.page(
        "office/pics.html", 422 if form.faults else 200, found=found, deputies=deputies, duties=duties, names=names,
        form=form, today=str(visit.parts.clock.today()),
    )  # fmt: skip
