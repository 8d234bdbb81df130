"""LAN says which providers may give which form of learning, and which courses are accredited themselves, from when to when."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.refused import Refused
from common.texts import text_named
from portal import rights
from portal.asking import Answer, get, post, put
from portal.deeds import done
from portal.forms import Form
from portal.menu import Item
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Accreditor = Annotated[Visit, Depends(rights.LAN)]
Reader = Annotated[Visit, Depends(rights.COURSES)]

MENU = (Item("/providers", text_named("menu.providers"), rights.LAN.roles),)
SERVICE = "training"
SHOWN = 50
FIELDS = ("form", "valid_from", "valid_to")
"""The fields of an accreditation, as training has them."""
PERIOD = ("valid_from", "valid_to")
"""Those of a course's own."""
COURSE = ("code", "title", "form", "valid_from")
"""What a course is told again that is changed; the rest of it stays as it is."""


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
async def provider(visit: Accreditor, provider_id: UUID, after: str | None = None) -> Response:
    return await _provider(visit, provider_id, visit.form, after)


@router.post("/providers/{provider_id}")
async def accredit(visit: Accreditor, provider_id: UUID) -> Response:
    """Adds an accreditation, or gives one its end: the whole list is put in the place of the one that was seen."""
    [found] = await visit.ask(get(SERVICE, f"/providers/{provider_id}"))
    if not found.ok:
        return await _provider(visit, provider_id, visit.form)
    kept = _changed(visit.form, found.body["accreditations"], FIELDS)
    said = {"code": found.body["code"], "name": found.body["name"], "accreditations": kept}
    question = put(SERVICE, f"/providers/{provider_id}", said, seen=visit.form["version"])
    address = f"/providers/{provider_id}?done=true"
    return await done(visit, question, address, lambda form: _provider(visit, provider_id, form), FIELDS)


def _changed(form: Form, known: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> list[Mapping[str, Any]]:
    """The list with what the form says. Raises Refused `not-found` for what none of the page does."""
    if form["do"] == "add":
        return [*known, form.given(*fields)]
    if form["do"] != "end":
        raise Refused("not-found")
    *meant, end = fields
    return [{**each, **form.given(end)} if all(each[name] == form[name] for name in meant) else each for each in known]


async def _provider(visit: Visit, provider_id: UUID, form: Form, after: str | None = None) -> Response:
    path = f"/providers/{provider_id}"
    found, changes, packs, courses = await visit.ask(
        get(SERVICE, path),
        get(SERVICE, f"{path}/accreditation-changes"),
        get(SERVICE, "/rule-packs"),
        get(SERVICE, "/courses", provider_id=provider_id, after=after, limit=SHOWN),
    )
    if found.missing:
        raise Refused("not-found")
    return visit.page(
        "accreditation/provider.html",
        422 if form.faults else found.page,
        form=form,
        found=found,
        changes=changes,
        forms=_forms(packs),
        courses=courses,
    )


def _forms(packs: Answer) -> Mapping[str, str]:
    """What the forms of learning are called."""
    return {each["code"]: each["label"] for pack in packs.body for each in pack["forms"]} if packs.ok else {}


@router.get("/courses/{course_id}")
async def course(visit: Reader, course_id: UUID) -> Response:
    return await _course(visit, course_id, visit.form)


@router.post("/courses/{course_id}")
async def accredit_course(visit: Accreditor, course_id: UUID) -> Response:
    """Adds a period of the course's own, or gives one its end."""
    path = f"/courses/{course_id}"
    [found] = await visit.ask(get(SERVICE, path))
    if not found.ok:
        return await _course(visit, course_id, visit.form)
    known = found.body["accreditations"]
    said = {name: found.body[name] for name in COURSE} | {"accreditations": _changed(visit.form, known, PERIOD)}
    question = put(SERVICE, path, said, seen=visit.form["version"])
    return await done(visit, question, f"{path}?done=true", lambda form: _course(visit, course_id, form), PERIOD)


async def _course(visit: Visit, course_id: UUID, form: Form) -> Response:
    found, packs = await visit.ask(get(SERVICE, f"/courses/{course_id}"), get(SERVICE, "/rule-packs"))
    if found.missing:
        raise Refused("not-found")
    [giver] = await visit.ask(get(SERVICE, f"/providers/{found.body['provider_id']}")) if found.ok else [found]
    return visit.page(
        "accreditation/course.html",
        422 if form.faults else found.page,
        form=form,
        found=found,
        giver=giver,
        forms=_forms(packs),
    )
