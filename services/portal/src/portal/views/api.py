"""Views that people save under a name, and two agencies beside each other."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.texts import text_named
from portal import rights
from portal.asking import Answer, get
from portal.forms import Form
from portal.listing import Column, Listing, as_file
from portal.menu import Item
from portal.states import STATES
from portal.texts import CALLED, moment, say, templates
from portal.views import store
from portal.visits import Visit, inside, to

router = APIRouter(include_in_schema=False)

Saver = Annotated[Visit, Depends(rights.VIEWS)]
Look = Annotated[Visit, Depends(rights.AGENCY)]

MENU = (
    Item("/compare", text_named("menu.compare"), ("lan", "analis")),
    Item("/views", text_named("menu.views"), rights.VIEWS.roles),
)
HOURS = {
    "verified": text_named("card.verified"),
    "unverified": text_named("card.unverified"),
    "missing": text_named("people.missing"),
}
MOST_AGENCIES = 1_000


@router.get("/views")
async def views(visit: Saver, save: str | None = None) -> Response:
    """Whoever comes from a table has its address along, and gives it a name."""
    return await _views(visit, visit.form, inside(save) if save else None)


@router.post("/views")
async def keep_view(visit: Saver) -> Response:
    """Saves a view, gives it another name, or takes it away."""
    try:
        async with visit.parts.database.transaction() as session:
            await _kept(session, visit)
    except Refused as refused:
        if refused.code == "not-found":
            raise
        form, said = visit.form, visit.parts.catalogue.message(refused, visit.language)
        return await _views(visit, Form(form.typed, {refused.field or "": [said]}), None)
    return to("/views")


async def _kept(session: AsyncSession, visit: Visit) -> None:
    form, now, whose, seal = visit.form, visit.parts.clock.now(), visit.who.whose, visit.portal.seal
    match form["do"]:
        case "save":
            await store.save(session, seal, now, whose, form["name"], inside(form["address"]))
        case "rename":
            await store.rename(session, seal, now, whose, form.known("view"), form["name"])
        case "forget":
            await store.forget(session, whose, form.known("view"))
        case _:
            raise Refused("not-found")


@router.get("/views/{view_id}")
async def open_view(visit: Saver, view_id: UUID) -> Response:
    async with visit.parts.database.transaction() as session:
        address = await store.opened(session, visit.portal.seal, visit.parts.clock.now(), visit.who.whose, view_id)
    return to(address)


async def _views(visit: Visit, form: Form, save: str | None) -> Response:
    async with visit.parts.database.reading() as session:
        saved = await store.saved(session, visit.portal.seal, visit.who.whose)
    return visit.page("views/views.html", 422 if form.faults else 200, form=form, saved=saved, save=save)


@router.get("/compare")
async def compare(
    visit: Look,
    one: UUID | None = None,
    other: UUID | None = None,
    day: date | None = None,
    form: Annotated[str | None, Query(alias="as")] = None,
) -> Response:
    """Two agencies on a day, each column as the page of the agency says it; what one may not see says so."""
    chosen = [each for each in (one, other) if each is not None]
    listed, *answers = await visit.ask(
        get("registry", "/agencies", limit=MOST_AGENCIES),
        *(get("training", "/duty-counts", by="unit", agency_id=each, day=day) for each in chosen),
    )
    names = {each["id"]: each["name"] for each in listed.items}
    sides = [(agency_id, names.get(str(agency_id)), counts) for agency_id, counts in zip(chosen, answers, strict=True)]
    table = _beside(visit, sides, day)
    if form and table:
        return await as_file(visit, form, table)
    return visit.page(
        "views/compare.html", listed=listed, names=names, sides=sides, table_=table, one=one, other=other, day=day
    )


def _beside(visit: Visit, sides: list[tuple[UUID, str | None, Answer]], day: date | None) -> Listing | None:
    seen = [(agency_id, name, counts.body) for agency_id, name, counts in sides if counts.ok]
    if not seen:
        return None
    at = f"?day={day}" if day else ""
    people = "/agencies/{key}/people?" + (f"day={day}&" if day else "")
    columns = [
        Column("label", text_named("compare.agency"), address=f"/agencies/{{key}}{at}"),
        Column("active", text_named("agency.active"), "number", people),
        *(Column(state, CALLED["state"][state], "number", f"{people}state={state}") for state in STATES),
        *(Column(name, text, "number") for name, text in HOURS.items()),
    ]
    rows: list[dict[str, Any]] = [
        counts["total"] | {"key": agency_id, "label": name or str(agency_id)} for agency_id, name, counts in seen
    ]
    words = {say("people.day", visit.language): templates(visit.language).filters["day"](seen[0][2]["as_of"])} | {
        f"{say('nation.counted', visit.language)}: {name or agency_id}": moment(
            counts["counted_at"], visit.zone, visit.language
        )
        for agency_id, name, counts in seen
    }
    return Listing(say("compare.title", visit.language), columns, rows, words)
