"""Classes for HR of an agency: those their people are in or may still come to, who of them, and what came of it."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from common.refused import Refused
from common.texts import text_named
from portal import rights
from portal.asking import get, post
from portal.classes.telling import ENROL, tell
from portal.deeds import done
from portal.forms import Form
from portal.listing import Column, Listing, Row, as_file, every
from portal.texts import say
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Office = Annotated[Visit, Depends(rights.HR)]
SERVICE = "training"
SHOWN = 100
"""How many classes, and how many people of one, are shown at once."""
COLUMNS = (
    Column("title", text_named("classes.one"), address="/agency-classes/{id}"),
    Column("begins_on", text_named("agency-classes.begins"), "day"),
    Column("ends_on", text_named("agency-classes.ends"), "day"),
    Column("jp", text_named("agency-classes.jp"), "number"),
    Column("free", text_named("classes.free"), "number"),
    Column("own_enrolled", text_named("agency-classes.enrolled"), "number"),
    Column("own_waiting", text_named("agency-classes.waiting"), "number"),
    Column("own_passed", text_named("agency-classes.passed"), "number"),
    Column("own_failed", text_named("agency-classes.failed"), "number"),
)


@router.get("/agency-classes")
async def agency_classes(
    visit: Office,
    upcoming: bool = False,
    after: str | None = None,
    form: Annotated[str | None, Query(alias="as")] = None,
) -> Response:
    """Classes that people of the agency are in or were in; or those they may still come to."""
    path, attended = f"/agencies/{visit.agency}/classes", not upcoming
    [found] = await visit.ask(get(SERVICE, path, attended=attended, after=after, limit=SHOWN))
    title = text_named("agency-classes.upcoming") if upcoming else text_named("agency-classes.attended")
    listing = Listing(
        say(title, visit.language),
        COLUMNS,
        _rows(found.items),
        whole=False,
        next=found.body.get("next") if found.ok else None,
    )
    if form and found.ok:
        return await as_file(visit, form, listing, _pages(visit, path, attended=attended))
    return visit.page(
        "classes/agency.html", found.page, found=found, listing=listing, upcoming=upcoming, agency_id=visit.agency
    )


async def _pages(visit: Visit, path: str, *, attended: bool) -> AsyncIterator[Sequence[Row]]:
    async for page in every(visit, get(SERVICE, path, attended=attended)):
        yield _rows(page)


def _rows(classes: Sequence[Row]) -> list[Row]:
    return [{**each, "free": max(each["seats"] - each["enrolled"], 0)} for each in classes]


@router.get("/agency-classes/{class_id}")
async def agency_class(visit: Office, class_id: UUID, after: str | None = None) -> Response:
    return await _class(visit, class_id, visit.form, after)


@router.post("/agency-classes/{class_id}")
async def seat(visit: Office, class_id: UUID) -> Response:
    """Gives people of the agency seats, by NIP; or takes one of them out."""
    address, form = f"/agency-classes/{class_id}", visit.form

    async def shown(form: Form) -> Response:
        return await _class(visit, class_id, form)

    if form["do"] == "enrol":
        return await tell(visit, class_id, ENROL, address, shown)
    if form["do"] != "withdraw":
        raise Refused("not-found")
    withdrawn = post(SERVICE, f"/classes/{class_id}/enrolments/{form.known('person')}/withdraw")
    return await done(visit, withdrawn, address, shown)


async def _class(visit: Visit, class_id: UUID, form: Form, after: str | None = None) -> Response:
    path = f"/classes/{class_id}"
    found, people = await visit.ask(get(SERVICE, path), get(SERVICE, f"{path}/people", after=after, limit=SHOWN))
    if found.missing:
        raise Refused("not-found")
    names = await visit.names((each["person_id"] for each in people.items), people)
    over = found.ok and found.body["ends_on"] < visit.parts.clock.today().isoformat()
    status = 422 if form.faults else 200
    return visit.page(
        "classes/agency-class.html", status, form=form, found=found, people=people, names=names, over=over
    )
