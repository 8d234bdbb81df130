"""Who takes part in competence development, in which role, with which contribution: as of a day, written by LAN."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from common.texts import text_named
from portal import rights
from portal.asking import get, post, put
from portal.deeds import chosen, done
from portal.forms import Form
from portal.listing import Column, Listing, as_file
from portal.menu import Item
from portal.texts import say
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Look = Annotated[Visit, Depends(rights.AGENCY)]
Keeper = Annotated[Visit, Depends(rights.LAN)]

MENU = (Item("/stakeholders", text_named("menu.stakeholders"), ("lan", "analis")),)
WRITTEN = ("name", "role", "contribution")
COLUMNS = (
    Column("name", text_named("stakeholder.name")),
    Column("role", text_named("stakeholder.role")),
    Column("contribution", text_named("stakeholder.contribution")),
    Column("valid_from", text_named("stakeholder.since"), "day"),
)
MOST = 1_000


@router.get("/stakeholders")
async def stakeholders(
    visit: Look,
    day: date | None = None,
    sort: str | None = None,
    form: Annotated[str | None, Query(alias="as")] = None,
) -> Response:
    """Who took part on a day; what nobody has written is an empty cell."""
    return await _stakeholders(visit, visit.form, day, sort, form)


@router.post("/stakeholders")
async def keep_stakeholders(visit: Keeper) -> Response:
    """Writes one down, changes it from today on, or takes it off."""
    form = visit.form
    path = f"/stakeholders/{form.known('stakeholder')}" if form["stakeholder"] else "/stakeholders"
    deeds = {
        "add": post("registry", "/stakeholders", form.given(*WRITTEN)),
        "change": put("registry", path, form.given(*WRITTEN)),
        "end": post("registry", f"{path}/end"),
    }
    return await done(visit, chosen(visit, deeds), "/stakeholders", lambda form: _stakeholders(visit, form), WRITTEN)


@router.get("/stakeholders/{stakeholder_id}")
async def change_form(visit: Keeper, stakeholder_id: UUID) -> Response:
    [found] = await visit.ask(get("registry", "/stakeholders", limit=MOST))
    one = next((each for each in found.items if each["id"] == str(stakeholder_id)), None)
    typed = {name: one[name] or "" for name in WRITTEN} if one else {}
    return visit.page("stakeholders/one.html", found.page, found=found, one=one, form=Form(typed))


async def _stakeholders(
    visit: Visit, form: Form, day: date | None = None, sort: str | None = None, written: str | None = None
) -> Response:
    [found] = await visit.ask(get("registry", "/stakeholders", as_of=day, limit=MOST))
    keeps = visit.who.hat == "lan"
    columns = [Column("name", COLUMNS[0].text, address="/stakeholders/{id}" if keeps else ""), *COLUMNS[1:]]
    listing = Listing(say("stakeholders.title", visit.language), columns, found.items).sorted(sort)
    if written and found.ok:
        return await as_file(visit, written, listing)
    status = 422 if form.faults else found.page
    return visit.page(
        "stakeholders/stakeholders.html",
        status,
        found=found,
        listing=listing,
        form=form,
        keeps=keeps,
        sort=sort,
        day=day,
    )
