"""Rounds of sounding: who was short and who has caught up, whose mails have gone, and each agency of a round."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from common.texts import text_named
from portal import rights
from portal.asking import Question, get
from portal.listing import Column, Listing, Row, as_file, every
from portal.texts import CALLED, say
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

Look = Annotated[Visit, Depends(rights.ROUNDS)]
Form = Annotated[str | None, Query(alias="as")]
SERVICE = "notification"
SHOWN = 50
STANDING = (
    Column("listed", text_named("rounds.listed"), "number"),
    Column("resolved", text_named("rounds.resolved"), "number"),
    Column("short", CALLED["shortfall"]["open"], "number"),
    Column("missing", text_named("people.missing"), "number"),
)
ROUNDS = (
    Column("label", text_named("rounds.round"), address="/rounds/{id}/agencies"),
    Column("kind_name", text_named("rounds.kind")),
    Column("as_of", text_named("people.day"), "day", aside=True),
    Column("reached", text_named("rounds.agencies"), "number"),
    Column("waiting", CALLED["digest"]["waiting"], "number"),
    Column("people", text_named("agency.active"), "number", aside=True),
    *(replace(column, aside=column.name in ("listed", "missing")) for column in STANDING),
    Column("sent", text_named("rounds.sent"), "number"),
    Column("queued", text_named("rounds.queued"), "number", aside=True),
    Column("failed", text_named("rounds.failed"), "number"),
)
AGENCIES = (
    Column("code", text_named("without-pic.code")),
    Column("name", CALLED["by"]["agency"], address="/rounds/{round_id}?agency={agency_id}"),
    Column("state_name", text_named("rounds.state")),
    Column("people", text_named("agency.active"), "number"),
    *STANDING,
)


@router.get("/rounds")
async def rounds(visit: Look, after: str | None = None, form: Form = None) -> Response:
    """All rounds, the newest first: what is read first; the page of each has the rest."""
    [found] = await visit.ask(get(SERVICE, "/rounds", after=after, limit=SHOWN))

    def rows(page: Sequence[Row]) -> list[Row]:
        return [_round(visit, each) for each in page]

    next_page = found.body.get("next") if found.ok else None
    listing = Listing(say("rounds.title", visit.language), ROUNDS, rows(found.items), whole=False, next=next_page)
    if form and found.ok:
        return await as_file(visit, form, listing, _pages(visit, get(SERVICE, "/rounds"), rows))
    newest = listing.rows[0] if listing.rows and after is None else None
    return visit.page("nation/rounds.html", found.page, found=found, listing=listing, newest=newest)


def _round(visit: Visit, told: Row) -> Row:
    mails = {state: told["mails"].get(state, 0) for state in ("sent", "queued", "failed")}
    return {
        **told,
        **mails,
        "label": say("rounds.name", visit.language, period=told["period"], year=told["year"]),
        "kind_name": say(CALLED["round_kind"][told["kind"]], visit.language),
        "reached": sum(told["agencies"].values()),
        "waiting": told["agencies"].get("waiting", 0),
    }


@router.get("/rounds/{round_id}/agencies")
async def agencies(
    visit: Look, round_id: UUID, state: str | None = None, after: str | None = None, form: Form = None
) -> Response:
    """What each agency is told in a round: by agency code, each linked to its people."""
    path, asked = f"/rounds/{round_id}", {"state": state or None}
    one, found = await visit.ask(get(SERVICE, path), get(SERVICE, f"{path}/digests", **asked, after=after, limit=SHOWN))

    def rows(page: Sequence[Row]) -> list[Row]:
        return [{**each, "round_id": round_id, "state_name": _state(visit, each)} for each in page]

    words = (
        {say("rounds.state", visit.language): say(CALLED["digest"][state], visit.language)}
        if state in CALLED["digest"]
        else {}
    )
    next_page = found.body.get("next") if found.ok else None
    listing = Listing(
        say("rounds.agencies", visit.language), AGENCIES, rows(found.items), words, whole=False, next=next_page
    )
    if form and found.ok:
        return await as_file(visit, form, listing, _pages(visit, get(SERVICE, f"{path}/digests", **asked), rows))
    shown = _round(visit, one.body) if one.ok else None
    return visit.page("nation/round.html", found.page, one=one, shown=shown, found=found, listing=listing, state=state)


def _state(visit: Visit, digest: Row) -> str:
    """What has become of what an agency is told; where it waits, why."""
    state = say(CALLED["digest"][digest["state"]], visit.language)
    if digest["reason"] not in CALLED["unsent"]:
        return state
    return f"{state}: {say(CALLED['unsent'][digest['reason']], visit.language)}"


async def _pages(
    visit: Visit, question: Question, rows: Callable[[Sequence[Row]], list[Row]]
) -> AsyncIterator[Sequence[Row]]:
    async for page in every(visit, question):
        yield rows(page)
