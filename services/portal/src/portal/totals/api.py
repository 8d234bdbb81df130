"""Totals as they are published, for whoever may see no more: numbers of groups that are not small."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from common.texts import text_named
from portal import rights
from portal.asking import get
from portal.listing import Column, Listing, as_file
from portal.menu import Item
from portal.texts import CALLED, say, templates
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Reader = Annotated[Visit, Depends(rights.SIGNED_IN)]

MENU = (Item("/totals", text_named("menu.totals"), ("researcher", "intern", "bkn")),)
BY = ("kind", "region", "agency", "position")
COLUMNS = (
    Column("active", text_named("agency.active"), "number"),
    Column("met", CALLED["state"]["met"], "number"),
    Column("short", CALLED["state"]["short"], "number"),
    Column("exempt", CALLED["state"]["exempt"], "number"),
)


@router.get("/totals")
async def totals(
    visit: Reader, by: str = "kind", sort: str | None = None, form: Annotated[str | None, Query(alias="as")] = None
) -> Response:
    """How people stood at the end of the newest caturwulan, by one way to group them."""
    [found] = await visit.ask(get("training", "/duty-totals", by=by))
    table = _table(visit, by, found.body).sorted(sort) if found.ok else None
    if form and table:
        return await as_file(visit, form, table)
    status = 200 if found.missing else found.page
    rows = table.rows if table else ()
    short = [(row["label"], row["short"]) for row in rows if row["short"] is not None]
    return visit.page("totals/totals.html", status, found=found, short=short, table_=table, by=by, ways=BY, sort=sort)


def _table(visit: Visit, by: str, found: Mapping[str, Any]) -> Listing:
    kinds = CALLED["agency_kind"]
    rows = [
        {
            **group,
            "label": say(kinds[group["key"]], visit.language)
            if by == "kind" and group["key"] in kinds
            else group["label"] or group["key"] or say("nation.none", visit.language),
        }
        for group in found["groups"]
    ]
    words = {say("people.day", visit.language): templates(visit.language).filters["day"](found["as_of"])}
    leads = "/agencies/{key}/professionalism" if by == "agency" and rights.INDEXES.opens_to(visit.who.hat) else ""
    columns = (Column("label", CALLED["by"][by], address=leads), *COLUMNS)
    return Listing(say("totals.title", visit.language), columns, rows, words, found["total"])
