"""An agency: where it stands now, by unit and down to the person; and the exemptions that HR decides."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from common.texts import text_named
from portal import rights
from portal.asking import get, post
from portal.listing import Column, Listing, Row, as_file, every
from portal.menu import Item
from portal.states import STATES, by_state, of_when
from portal.texts import CALLED, say, templates
from portal.visits import Visit, to

router = APIRouter(include_in_schema=False)

Look = Annotated[Visit, Depends(rights.AGENCY)]
People = Annotated[Visit, Depends(rights.AGENCY_PEOPLE)]
Office = Annotated[Visit, Depends(rights.HR)]
OwnAgency = Annotated[Visit, Depends(rights.OWN_AGENCY)]
Indexes = Annotated[Visit, Depends(rights.INDEXES)]

MENU = (
    Item("/agency", text_named("menu.agency"), rights.OWN_AGENCY.roles),
    Item("/exemptions", text_named("menu.exemptions"), rights.HR.roles),
)
PEOPLE = (
    Column("name", text_named("people.name"), address="/people/{person_id}"),
    Column("unit_name", text_named("people.unit")),
    Column("state_name", text_named("people.state")),
    Column("verified", text_named("card.verified"), "number"),
    Column("unverified", text_named("card.unverified"), "number"),
    Column("missing", text_named("people.missing"), "number"),
)
SHORT = (
    Column("name", text_named("people.name")),
    Column("unit_name", text_named("people.unit")),
    Column("state_name", text_named("people.state")),
    Column("threshold", text_named("round.due"), "number"),
    Column("verified_now", text_named("round.now"), "number"),
    Column("missing", text_named("people.missing"), "number"),
)
BOUNDS = (
    Column("people", text_named("agency.active"), "number"),
    Column("known", text_named("index.known"), "number"),
    Column("at_least", text_named("index.at-least"), "number"),
    Column("at_most", text_named("index.at-most"), "number"),
    Column("competence_at_least", text_named("index.competence-at-least"), "number"),
    Column("competence_at_most", text_named("index.competence-at-most"), "number"),
)
"""What is told of the index of professionalism of a group: bounds, since not all of it is on record."""
SHOWN = 50


@router.get("/agency")
async def own_agency(visit: OwnAgency) -> Response:
    return to(f"/agencies/{visit.agency}")


@router.get("/agencies/{agency_id}")
async def agency(
    visit: Look,
    agency_id: UUID,
    day: date | None = None,
    sort: str | None = None,
    form: Annotated[str | None, Query(alias="as")] = None,
) -> Response:
    """Where an agency stands on a day: each number opens the people behind it."""
    known, counts, asked = await visit.ask(
        get("registry", f"/agencies/{agency_id}"),
        get("training", "/duty-counts", by="unit", agency_id=agency_id, day=day),
        get("training", "/exemptions", state="asked", limit=1),
    )
    units, listed = (
        _units(visit, agency_id, day, counts.body).sorted(sort) if counts.ok else None,
        _listed(agency_id, day),
    )
    if form and units:
        return await as_file(visit, form, units)
    return visit.page(
        "agency/now.html", counts.page, agency=known, agency_id=agency_id, counts=counts, asked=asked, units=units,
        sort=sort, day=day, listed=listed, parts=by_state(counts.body["total"], listed, visit.language) if counts.ok else (),
    )  # fmt: skip


def _listed(agency_id: UUID, day: date | None) -> str:
    """The address of the people of an agency on a day, to which a state and a unit are added."""
    return f"/agencies/{agency_id}/people?" + (f"day={day}&" if day else "")


def _units(visit: Visit, agency_id: UUID, day: date | None, counts: dict[str, Any]) -> Listing:
    listed = _listed(agency_id, day)
    columns = [
        Column("label", text_named("people.unit")),
        Column("active", text_named("agency.active"), "number", f"{listed}unit_id={{key}}"),
        *(
            Column(state, CALLED["state"][state], "number", f"{listed}unit_id={{key}}&state={state}")
            for state in STATES
        ),
        Column("missing", text_named("people.missing"), "number"),
    ]
    nowhere = say("agency.no-unit", visit.language)
    rows = [{**group, "label": group["label"] or nowhere} for group in counts["groups"]]
    total = {**counts["total"], "label": say("agency.total", visit.language)}
    return Listing(say("agency.by-unit", visit.language), columns, rows, of_when(visit, counts), total)


@router.get("/agencies/{agency_id}/professionalism")
async def professionalism(
    visit: Indexes,
    agency_id: UUID,
    unit_id: UUID | None = None,
    sort: str | None = None,
    form: Annotated[str | None, Query(alias="as")] = None,
) -> Response:
    """The index of professionalism of an agency, or of a unit, and of the units right below."""
    path = f"/agencies/{agency_id}"
    found, units = await visit.ask(
        get("credit", f"{path}/professionalism", unit_id=unit_id), get("registry", f"{path}/units", limit=1000)
    )
    names = {each["id"]: each["name"] for each in units.items}
    table = _indexes(visit, agency_id, found.body, names).sorted(sort) if found.ok else None
    if form and table:
        return await as_file(visit, form, table)
    return visit.page("agency/professionalism.html", found.page, found=found, table_=table, sort=sort)


def _indexes(visit: Visit, agency_id: UUID, found: Mapping[str, Any], names: Mapping[str, str]) -> Listing:
    below = f"/agencies/{agency_id}/professionalism?unit_id={{unit_id}}"
    columns = (Column("label", text_named("people.unit"), address=below), *BOUNDS)
    nameless = say("index.nameless", visit.language)
    rows = [{**unit, "label": names.get(unit["unit_id"], nameless)} for unit in found["units"]]
    label = names.get(found["unit_id"] or "", say("agency.total", visit.language))
    total = {**found["whole"], "label": label} if found["whole"] else None
    as_of = templates(visit.language).filters["day"](found["day"])
    return Listing(say("index.title", visit.language), columns, rows, {say("people.day", visit.language): as_of}, total)


@router.get("/agencies/{agency_id}/people")
async def people(
    visit: People,
    agency_id: UUID,
    state: str | None = None,
    unit_id: UUID | None = None,
    day: date | None = None,
    after: str | None = None,
    form: Annotated[str | None, Query(alias="as")] = None,
) -> Response:
    """Who is behind a number, in the order of the service."""
    narrowed = {"agency_id": agency_id, "state": state or None, "unit_id": unit_id, "day": day}
    question = get("training", "/duty-people", **narrowed)
    [found] = await visit.ask(get("training", "/duty-people", **narrowed, after=after, limit=SHOWN))
    rows = await _named(visit, found.items)
    words = {}
    if state in CALLED["state"]:
        words[say("people.state", visit.language)] = say(CALLED["state"][state], visit.language)
    if unit_id and rows:
        words[say("people.unit", visit.language)] = rows[0]["unit_name"] or ""
    if rows:
        words[say("people.day", visit.language)] = templates(visit.language).filters["day"](rows[0]["as_of"])
    listing = Listing(
        say("people.title", visit.language),
        PEOPLE,
        rows,
        words,
        whole=False,
        next=found.body.get("next") if found.ok else None,
    )
    if form and found.ok:
        return await as_file(visit, form, listing, _each(every(visit, question), lambda page: _named(visit, page)))
    return visit.page(
        "agency/people.html", found.page, found=found, listing=listing, agency_id=agency_id, state=state, day=day,
        unit_id=unit_id,
    )  # fmt: skip


async def _each(
    pages: AsyncIterator[Sequence[Row]], named: Callable[[Sequence[Row]], Awaitable[Sequence[Row]]]
) -> AsyncIterator[Sequence[Row]]:
    async for page in pages:
        yield await named(page)


async def _named(visit: Visit, people: Sequence[Row], states: str = "state") -> list[dict[str, Any]]:
    """With what they and their states are called; whose name may not be seen is a row all the same."""
    names = await visit.names(each["person_id"] for each in people)
    nobody = say("people.nameless", visit.language)
    return [
        {
            **each,
            "name": names.get(each["person_id"], nobody),
            "state_name": say(CALLED[states][each["state"]], visit.language),
        }
        for each in people
    ]


@router.get("/rounds/{round_id}")
async def sounding(
    visit: Look,
    round_id: UUID,
    agency: UUID | None = None,
    after: str | None = None,
    form: Annotated[str | None, Query(alias="as")] = None,
) -> Response:
    """Where the link in a mail to a PIC leads: who was short in a round, and who still is; for LAN by way of its agencies."""
    if agency is None:
        national = visit.who.hat in rights.ROUNDS.roles
        return to(f"/rounds/{round_id}/agencies" if national else f"/rounds/{round_id}?agency={visit.agency}")
    [found] = await visit.ask(get("notification", f"/rounds/{round_id}"))
    if not found.ok:
        return visit.page("agency/no-round.html", found.page, round=found)
    asked = {"agency_id": agency, "year": found.body["year"], "period": found.body["period"]}
    [short] = await visit.ask(get("training", "/shortfalls", **asked, after=after, limit=SHOWN))
    rows = await _named(visit, short.items, "shortfall")
    listing = Listing(
        say("round.listed", visit.language), SHORT, rows, whole=False, next=short.body.get("next") if short.ok else None
    )
    if form and short.ok:
        pages = every(visit, get("training", "/shortfalls", **asked))
        return await as_file(visit, form, listing, _each(pages, lambda page: _named(visit, page, "shortfall")))
    return visit.page("agency/round.html", short.page, round=found, short=short, listing=listing, agency_id=agency)


@router.get("/people/{person_id}")
async def person(visit: People, person_id: UUID, year: int | None = None) -> Response:
    """One person's year, for whoever answers for them; they are told who has looked."""
    named, duty, records = await visit.ask(
        post("registry", "/people:names", {"person_ids": [str(person_id)]}),
        get("training", f"/people/{person_id}/jp", year=year),
        get("training", "/trainings", person_id=person_id, year=year, limit=SHOWN),
    )
    name = next((each["name"] for each in named.items), say("people.nameless", visit.language))
    return visit.page("agency/person.html", duty.page, name=name, person_id=person_id, duty=duty, records=records)


@router.get("/exemptions")
async def exemptions(visit: Office, state: str = "asked", after: str | None = None, done: bool = False) -> Response:
    return await _exemptions(visit, state, after, done=done)


@router.post("/exemptions")
async def decide(visit: Office) -> Response:
    """Approves or refuses one that somebody else has asked for; a refusal has its reason."""
    address = f"/exemptions/{visit.typed_id('exemption')}"
    if visit.typed.get("verdict") == "approve":
        question = post("training", f"{address}/approve")
    else:
        question = post("training", f"{address}/refuse", visit.form.given("reason"))
    sent = await visit.do(question)
    return to("/exemptions?done=true") if sent.ok else await _exemptions(visit, "asked", None, sent=sent)


async def _exemptions(visit: Visit, state: str, after: str | None, *, done: bool = False, sent: Any = None) -> Response:
    found, grounds = await visit.ask(
        get("training", "/exemptions", state=state, after=after, limit=SHOWN), get("training", "/exemption-grounds")
    )
    names = await visit.names(each["person_id"] for each in found.items)
    labels = {each["code"]: each["label"] for each in grounds.body} if grounds.ok else {}
    form = visit.form
    if sent is not None:
        form = form.refused(sent, ("reason",), say("form.not-sent", visit.language))
    return visit.page(
        "agency/exemptions.html", found.page if sent is None else 422, found=found, names=names, labels=labels, form=form,
        state=state, done=done,
    )  # fmt: skip
