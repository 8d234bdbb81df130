"""Classes for whoever attends them: which there are, a seat in one, and what was said of it afterwards."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.refused import Refused
from common.texts import text_named
from portal import rights
from portal.asking import get, post, put
from portal.classes import attending, teaching
from portal.deeds import chosen, done
from portal.forms import Form
from portal.menu import Item
from portal.visits import Visit

router = APIRouter(include_in_schema=False)
router.include_router(teaching.router)
router.include_router(attending.router)

Own = Annotated[Visit, Depends(rights.PERSON)]

MENU = (
    Item("/classes", text_named("menu.classes"), rights.PERSON.roles),
    Item("/agency-classes", text_named("menu.agency-classes"), rights.HR.roles),
    Item("/teaching", text_named("menu.teaching"), rights.PROVIDER.roles),
)
SERVICE = "training"
MARKS = ("content", "teaching", "organisation")
SERVED = ("knowledge", "skill", "attitude")


@router.get("/classes")
async def classes(visit: Own, after: str | None = None) -> Response:
    today = visit.parts.clock.today().isoformat()
    own, offered, offers = await visit.ask(
        get(SERVICE, "/people/me/classes", limit=1000),
        get(SERVICE, "/classes", since=today, after=after),
        get(SERVICE, "/people/me/class-offers"),
    )
    return visit.page("classes/list.html", own=own, offered=offered, offers=offers, today=today)


@router.get("/classes/{class_id}")
async def one_class(visit: Own, class_id: UUID) -> Response:
    return await _class(visit, class_id, visit.form)


@router.post("/classes/{class_id}")
async def do_in_class(visit: Own, class_id: UUID) -> Response:
    path, form = f"/classes/{class_id}", visit.form
    marks = {name: form.whole(name) for name in MARKS}
    served = [each for each in SERVED if each in form.typed]
    deeds = {
        "enrol": post(SERVICE, f"{path}/enrolments", {"person_id": str(visit.person)}),
        "withdraw": post(SERVICE, f"{path}/enrolments/{visit.person}/withdraw"),
        "evaluate": post(SERVICE, f"{path}/evaluation", marks | form.given("words")),
        "evaluate-later": post(SERVICE, f"{path}/later-evaluation", marks | form.given("words")),
        "reflect": put(SERVICE, f"{path}/reflection", _words(form, "thoughts") | {"served": served}),
        "use": put(SERVICE, f"{path}/use", {"used": form["used"] == "yes"} | _words(form, "told")),
    }
    return await done(visit, chosen(visit, deeds), path, lambda form: _class(visit, class_id, form), MARKS)


def _words(form: Form, name: str) -> dict[str, Any]:
    """What was typed in a field of this name, as services call it."""
    return {"words": form[name].strip()} if form[name].strip() else {}


async def _class(visit: Visit, class_id: UUID, form: Form) -> Response:
    path = f"/classes/{class_id}"
    found, people, said = await visit.ask(
        get(SERVICE, path), get(SERVICE, f"{path}/people"), get(SERVICE, f"{path}/feedback/me")
    )
    if found.missing:
        raise Refused("not-found")
    mine = next((each for each in people.items if each["person_id"] == str(visit.person)), None)
    return visit.page(
        "classes/one.html",
        422 if form.faults else 200,
        form=form,
        found=found,
        people=people,
        mine=mine,
        said=said,
        over=found.ok and found.body["ends_on"] < visit.parts.clock.today().isoformat(),
        marks=MARKS,
        served=SERVED,
    )
