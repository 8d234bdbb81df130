"""Classes for who gives them: courses, classes, who was there, results and certificates.

People are told of by NIP, a line each, and answered one by one: what was refused stays in its field with the reason.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Response

from common.refused import Refused
from portal import rights
from portal.asking import get, post
from portal.classes.telling import ENROL, Told, tell
from portal.deeds import chosen, done
from portal.forms import Form
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Giver = Annotated[Visit, Depends(rights.PROVIDER)]
SERVICE = "training"
COURSE = ("code", "title", "form", "jp", "valid_from")
CLASS = ("course_id", "begins_on", "ends_on", "seats", "cost", "sessions")
SHOWN = 100
"""How many of a class are shown at once."""
SESSIONS = range(5)
"""How many sessions a new class may have on the page; a service takes a hundred."""


@router.get("/teaching")
async def teaching(visit: Giver, after: str | None = None) -> Response:
    return await _teaching(visit, visit.form, after)


@router.post("/teaching")
async def publish(visit: Giver) -> Response:
    form, provider = visit.form, str(visit.who.principal.speaks_for("provider"))
    sessions = [
        {"starts_at": _there(visit, form[f"from-{n}"]), "ends_at": _there(visit, form[f"to-{n}"])}
        | {"jp": form[f"jp-{n}"].replace(",", ".")}
        for n in SESSIONS
        if form[f"from-{n}"]
    ]
    course = form.given(*COURSE) | {"provider_id": provider}
    if "jp" in course:
        course["jp"] = course["jp"].replace(",", ".")
    given = form.given("course_id", "begins_on", "ends_on", "cost") | {"seats": form.whole("seats")}
    deeds = {
        "course": post(SERVICE, "/courses", course),
        "class": post(SERVICE, "/classes", given | {"sessions": sessions}),
    }
    fields = COURSE if form["do"] == "course" else CLASS
    return await done(visit, chosen(visit, deeds), "/teaching", lambda form: _teaching(visit, form), fields)


def _there(visit: Visit, typed: str) -> str:
    """A moment by the clock of the reader, as services take it; what is none goes as it is."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(visit.zone)).isoformat()
    except ValueError:
        return typed


async def _teaching(visit: Visit, form: Form, after: str | None = None) -> Response:
    provider = visit.who.principal.speaks_for("provider")
    classes, courses, packs = await visit.ask(
        get(SERVICE, "/classes", provider_id=provider, after=after),
        get(SERVICE, "/courses", provider_id=provider, limit=1000),
        get(SERVICE, "/rule-packs"),
    )
    forms = next((each["forms"] for each in packs.body if each["valid_to"] is None), ()) if packs.ok else ()
    return visit.page(
        "classes/teaching.html",
        422 if form.faults else 200,
        form=form,
        classes=classes,
        courses=courses,
        forms=forms,
        sessions=SESSIONS,
    )


@router.get("/teaching/{class_id}")
async def taught(visit: Giver, class_id: UUID, after: str | None = None) -> Response:
    return await _taught(visit, class_id, visit.form, after)


@router.post("/teaching/{class_id}")
async def tell_of(visit: Giver, class_id: UUID) -> Response:
    path, form, address = f"/classes/{class_id}", visit.form, f"/teaching/{class_id}"
    if told := TOLD.get(form["do"]):
        return await tell(visit, class_id, told, address, lambda form: _taught(visit, class_id, form))
    deeds = {
        "certificates": post(SERVICE, f"{path}/certificates"),
        "cancel": post(SERVICE, f"{path}/cancel", form.given("reason")),
    }
    return await done(visit, chosen(visit, deeds), address, lambda form: _taught(visit, class_id, form), ("reason",))


def _presence(form: Form, line: Sequence[str]) -> dict[str, Any]:
    return {"nip": line[0], "session": form.whole("session"), "present": form["absent"] != "yes"}


def _result(form: Form, line: Sequence[str]) -> dict[str, Any]:
    return {"nip": line[0], "name": " ".join(line[1:]), "passed": form["failed"] != "yes"}


TOLD = {"enrol": ENROL, "attendance": Told("attendance", _presence), "results": Told("results", _result)}


async def _taught(visit: Visit, class_id: UUID, form: Form, after: str | None = None) -> Response:
    path = f"/classes/{class_id}"
    found, people, feedback = await visit.ask(
        get(SERVICE, path), get(SERVICE, f"{path}/people", after=after, limit=SHOWN), get(SERVICE, f"{path}/feedback")
    )
    if found.missing or people.missing:
        raise Refused("not-found")
    names = await visit.names((each["person_id"] for each in people.items), people)
    return visit.page(
        "classes/taught.html",
        422 if form.faults else 200,
        form=form,
        found=found,
        people=people,
        feedback=feedback,
        names=names,
    )
