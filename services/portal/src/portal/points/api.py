"""The pages of a civil servant about their credit points: what they have, where each entry is from, their cases, and whether they can rise."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.texts import text_named
from portal import rights
from portal.asking import get
from portal.menu import Item
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Own = Annotated[Visit, Depends(rights.PERSON)]

MENU = (Item("/credit", text_named("menu.credit"), rights.PERSON.roles),)


@router.get("/credit")
async def credit(visit: Own, after: str | None = None) -> Response:
    """What has accumulated in each jenjang with the entries that make it, whether they can rise, and their cases."""
    points, promotion, cases = await visit.ask(
        get("credit", "/people/me/credit"),
        get("credit", "/people/me/credit/promotion"),
        get("credit", "/cases", after=after, limit=50),
    )
    return visit.page("points/credit.html", points=points, promotion=promotion, cases=cases)


@router.get("/credit/rise")
async def rise(visit: Own) -> Response:
    """Each condition of a rise in rank and in level, with its reason and its rule."""
    [promotion] = await visit.ask(get("credit", "/people/me/credit/promotion"))
    return visit.page("points/rise.html", promotion=promotion)


@router.get("/credit/entries/{entry_id}")
async def entry(visit: Own, entry_id: UUID) -> Response:
    """Where one entry comes from: what went in, by which rule, and who decided."""
    [found] = await visit.ask(get("credit", f"/people/me/credit/explain/{entry_id}"))
    return visit.page("points/entry.html", 404 if found.missing else 200, explained=found)


@router.get("/credit/cases/{case_id}")
async def case(visit: Own, case_id: UUID) -> Response:
    """A case of theirs, with its parts and all that was done."""
    [found] = await visit.ask(get("credit", f"/cases/{case_id}"))
    return visit.page("points/case.html", 404 if found.missing else 200, case=found)
