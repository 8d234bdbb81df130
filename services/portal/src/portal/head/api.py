"""What the head of an agency has to decide: three things on one page, each with the rows behind it."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from common.texts import text_named
from portal import rights
from portal.asking import get
from portal.listing import Column, Listing, Row, as_file, every
from portal.menu import Item
from portal.texts import CALLED, say
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Head = Annotated[Visit, Depends(rights.HEAD)]
Office = Annotated[Visit, Depends(rights.PROMOTIONS)]

MENU = (
    Item("/decisions", text_named("menu.decisions"), rights.HEAD.roles),
    Item("/promotions", text_named("menu.promotions"), rights.PROMOTIONS.roles),
)
SHOWN = 50
PROMOTIONS = (
    Column("name", text_named("people.name")),
    Column("jenjang_name", text_named("credit.jenjang")),
    Column("golongan", text_named("promotions.golongan")),
    Column("rank_said", text_named("act.rank")),
    Column("level_said", text_named("act.level")),
)


@router.get("/decisions")
async def decisions(visit: Head) -> Response:
    """Whom to give time to learn, which unit first, and who answers for the agency."""
    counts, pics = await visit.ask(
        get("training", "/duty-counts", by="unit", agency_id=visit.agency),
        get("registry", f"/agencies/{visit.agency}/pics"),
    )
    ranks = {each["rank"] for each in pics.body["pics"]} if pics.ok else set[str]()
    worst = next((each for each in counts.body["groups"] if each["short"] and each["key"]), None) if counts.ok else None
    unitless, people = say("agency.no-unit", visit.language), f"/agencies/{visit.agency}/people?state=short"
    units = [
        (each["label"] or unitless, each["short"], f"{people}&unit_id={each['key']}" if each["key"] else "")
        for each in (counts.body["groups"] if counts.ok else ())
    ]
    return visit.page(
        "head/decisions.html", counts=counts, units=units, pics=pics, ranks=ranks, worst=worst, agency=visit.agency
    )


@router.get("/promotions")
async def promotions(
    visit: Office, after: str | None = None, form: Annotated[str | None, Query(alias="as")] = None
) -> Response:
    """Who of the agency can rise, and what is open of each who cannot."""
    [found] = await visit.ask(get("credit", "/promotions", agency_id=visit.agency, after=after, limit=SHOWN))
    next_page = found.body.get("next") if found.ok else None
    rows = await _shown(visit, found.items)
    table = Listing(say("promotions.title", visit.language), PROMOTIONS, rows, whole=False, next=next_page)
    if form and found.ok:
        return await as_file(visit, form, table, _pages(visit))
    return visit.page("head/promotions.html", found.page, found=found, table_=table)


async def _pages(visit: Visit) -> AsyncIterator[Sequence[Row]]:
    async for page in every(visit, get("credit", "/promotions", agency_id=visit.agency)):
        yield await _shown(visit, page)


async def _shown(visit: Visit, found: Sequence[Row]) -> list[Row]:
    names, nobody, jenjang = (
        await visit.names(each["person_id"] for each in found),
        say("people.nameless", visit.language),
        CALLED["jenjang"],
    )

    def said(row: Row, act: str) -> str:
        """To what, or what is open."""
        if row[f"{act}_to"] is None:
            return ""
        open_ = [say(CALLED["condition"][code], visit.language) for code in row[f"{act}_open"]]
        return ", ".join(open_) if open_ else say("promotions.can", visit.language)

    return [
        {
            **each,
            "name": names.get(each["person_id"], nobody),
            "jenjang_name": say(jenjang[each["jenjang"]], visit.language)
            if each["jenjang"] in jenjang
            else each["jenjang"],
            "rank_said": said(each, "rank"),
            "level_said": said(each, "level"),
        }
        for each in found
    ]
