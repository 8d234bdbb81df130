"""The nation, a region, a kind of agency or a position: how people stand, and whoever is behind each number."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Query, Response

from common.texts import text_named
from portal import rights
from portal.asking import Question, get
from portal.charts import Told
from portal.listing import Column, Listing, Row, as_file, every
from portal.menu import Item
from portal.nation import rounds
from portal.states import STATES, by_state, of_when
from portal.texts import CALLED, say
from portal.visits import Visit

router = APIRouter(include_in_schema=False)
router.include_router(rounds.router)

Look = Annotated[Visit, Depends(rights.NATION)]
Registrar = Annotated[Visit, Depends(rights.WITHOUT_PIC)]
Form = Annotated[str | None, Query(alias="as")]

MENU = (
    Item("/nation", text_named("menu.nation"), rights.NATION.roles),
    Item("/rounds", text_named("menu.rounds"), rights.ROUNDS.roles),
    Item("/without-pic", text_named("menu.without-pic"), rights.WITHOUT_PIC.roles),
)
BY = ("kind", "region", "agency", "jenjang")
"""By what the whole may be counted; an agency and a unit are counted by the units below."""
BELOW = {"agency": "unit", "unit": "unit"}
"""By what a row is counted when it is opened; any other by agency."""
NARROW = ("day", "region", "kind", "agency_id", "unit_id", "below", "jenjang", "position", "without")
"""By what an address narrows whoever is asked for, as the counts of training have it."""
SHOWN = 50


def _narrowed(visit: Visit) -> dict[str, Any]:
    """What the address says of who is asked for."""
    given = visit.request.query_params
    return {name: given.getlist(name) for name in NARROW if any(given.getlist(name))}


@router.get("/nation")
async def nation(visit: Look, by: str = "agency", sort: str | None = None, form: Form = None) -> Response:
    """How people stand, row by row: each number opens the people behind it, and each row the rows below it."""
    asked = _narrowed(visit)
    [counts] = await visit.ask(get("training", "/duty-counts", by=by, **asked))
    table = _table(visit, by, counts.body).sorted(sort) if counts.ok else None
    if form and table:
        return await as_file(visit, form, table)
    parts, short = _charts(visit, by, counts.body) if counts.ok else ((), ())
    return visit.page(
        "nation/nation.html", counts.page, counts=counts, table_=table, by=by, ways=BY, sort=sort, narrowed=asked,
        parts=parts, short=short,
    )  # fmt: skip


def _charts(visit: Visit, by: str, counts: dict[str, Any]) -> tuple[list[Told], list[Told]]:
    """How many are in each state, and where those are who are short."""
    people, total, groups = "/nation/people?", counts["total"], counts["groups"]
    short: list[Told] = [
        (_called(visit, by, group), group["short"], f"{people}{urlsplit(group['listed']).query}&state=short")
        for group in groups
    ]
    listed = f"{people}{urlsplit(total['listed']).query}&"
    return by_state(total, listed, visit.language), short


def _table(visit: Visit, by: str, counts: dict[str, Any]) -> Listing:
    people = "/nation/people?{query}"
    columns = [
        Column(
            "label",
            CALLED["by"].get(by, CALLED["by"]["agency"]),
            address=f"/nation?by={BELOW.get(by, 'agency')}&{{query}}",
        ),
        Column("active", text_named("agency.active"), "number", people),
        *(Column(state, CALLED["state"][state], "number", f"{people}&state={state}") for state in STATES),
        Column("missing", text_named("people.missing"), "number", f"{people}&state=short"),
    ]
    rows = [
        {**group, "label": _called(visit, by, group), "query": urlsplit(group["listed"]).query}
        for group in counts["groups"]
    ]
    total = {**counts["total"], "label": say("agency.total", visit.language)}
    return Listing(say("nation.table", visit.language), columns, rows, of_when(visit, counts), total)


def _called(visit: Visit, by: str, group: Row) -> str:
    names = {"kind": CALLED["agency_kind"], "jenjang": CALLED["jenjang"]}.get(by, {})
    key = group["key"]
    if key is None:
        return say("nation.none", visit.language)
    return say(names[key], visit.language) if key in names else group["label"] or key


@router.get("/nation/people")
async def people(visit: Look, state: str | None = None, after: str | None = None, form: Form = None) -> Response:
    """Who is behind a number."""
    asked = {**_narrowed(visit), "state": state or None}
    [found] = await visit.ask(get("training", "/duty-people", **asked, after=after, limit=SHOWN))
    words = (
        {say("people.state", visit.language): say(CALLED["state"][state], visit.language)}
        if state in CALLED["state"]
        else {}
    )
    columns = (
        Column("name", text_named("people.name"), address="/people/{person_id}" if visit.who.hat != "steward" else ""),
        Column("unit_name", text_named("people.unit")),
        Column("jenjang_name", text_named("credit.jenjang")),
        Column("state_name", text_named("people.state")),
        Column("verified", text_named("card.verified"), "number"),
        Column("missing", text_named("people.missing"), "number"),
    )  # fmt: skip
    next_page = found.body.get("next") if found.ok else None
    rows = await _named(visit, found.items)
    table = Listing(say("people.title", visit.language), columns, rows, words, whole=False, next=next_page)
    if form and found.ok:
        return await as_file(visit, form, table, _pages(visit, get("training", "/duty-people", **asked)))
    back = urlencode({**_narrowed(visit)}, doseq=True)
    return visit.page("nation/people.html", found.page, found=found, table_=table, back=back)


async def _pages(visit: Visit, question: Question) -> AsyncIterator[Sequence[Row]]:
    async for page in every(visit, question):
        yield await _named(visit, page)


async def _named(visit: Visit, found: Sequence[Row]) -> list[Row]:
    names, nobody = await visit.names(each["person_id"] for each in found), say("people.nameless", visit.language)
    jenjang = CALLED["jenjang"]
    return [
        {
            **each,
            "name": names.get(each["person_id"], nobody),
            "state_name": say(CALLED["state"][each["state"]], visit.language),
            "jenjang_name": say(jenjang[each["jenjang"]], visit.language) if each["jenjang"] in jenjang else each["jenjang"],
        }
        for each in found
    ]  # fmt: skip


@router.get("/without-pic")
async def without_pic(visit: Registrar, after: str | None = None, form: Form = None) -> Response:
    """Agencies to whom nobody can be written, or whose PIC has no deputy."""
    [found] = await visit.ask(get("registry", "/agencies-without-pic", after=after, limit=SHOWN))
    columns = (
        Column("code", text_named("without-pic.code")),
        Column("name", CALLED["by"]["agency"], address="/agencies/{id}"),
        Column("region", CALLED["by"]["region"]),
        Column("lacks", text_named("without-pic.lacks")),
    )
    next_page = found.body.get("next") if found.ok else None
    title = say("without-pic.title", visit.language)
    table = Listing(title, columns, _lacking(visit, found.items), whole=False, next=next_page)
    if form and found.ok:
        return await as_file(visit, form, table, _all_lacking(visit))
    return visit.page("nation/without-pic.html", found.page, found=found, table_=table)


async def _all_lacking(visit: Visit) -> AsyncIterator[Sequence[Row]]:
    async for page in every(visit, get("registry", "/agencies-without-pic")):
        yield _lacking(visit, page)


def _lacking(visit: Visit, agencies: Sequence[Row]) -> list[Row]:
    main, deputy = say("without-pic.main", visit.language), say("without-pic.deputy", visit.language)
    return [
        {**each, "lacks": ", ".join([main] * (not each["has_main"]) + [deputy] * (not each["has_deputy"]))}
        for each in agencies
    ]
