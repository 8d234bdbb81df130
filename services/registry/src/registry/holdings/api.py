"""Who holds which post, and where that puts them, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from common.fields import Day
from common.web.bulk import Lines, lines_of
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from registry import rights
from registry.holdings import commands, queries
from registry.holdings.schemas import HoldingIn, HoldingLine, PlaceOut

router = APIRouter(prefix="/v1", tags=["holdings"])
uploads = APIRouter(prefix="/v1", tags=["holdings"])

Reader = Annotated[Caller[None], Depends(rights.READ_HISTORIES)]
Oneself = Annotated[Caller[None], Depends(rights.READ_ONESELF)]
OwnAgency = Annotated[Caller[None], Depends(rights.KEEP_PEOPLE)]


@router.get(
    "/people/me/place",
    summary="Where oneself serves, as of a day: units, post and superior",
    responses={404: {"description": "`not-found`: nobody by the claim, or not yet or no more on that day"}},
)
@shows("posts")
async def get_own_place(session: Reading, caller: Oneself, as_of: Day | None = None) -> PlaceOut:
    return await queries.own_place(session, caller, as_of)


@router.get("/people/{person_id}/place", summary="Where a person serves, as of a day: units, post and superior")
@shows("posts")
async def get_place(person_id: UUID, session: Reading, caller: Reader, as_of: Day | None = None) -> PlaceOut:
    return await queries.place(session, person_id, caller, as_of)


@router.get("/agencies/{agency_id}/places", summary="Where the people of an agency serve, as of a day")
@shows("posts")
async def list_places(
    agency_id: UUID,
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    as_of: Day | None = None,
    unit_id: UUID | None = None,
) -> Page[PlaceOut]:
    return await queries.place_page(session, window, caller, agency_id=agency_id, unit_id=unit_id, as_of=as_of)


@router.post(
    "/people/{person_id}/holdings",
    summary="Give a person a post, their own or as acting holder, or end it",
    responses={409: {"description": "`reform-under-way`"}},
)
@shows("posts")
async def give_post(person_id: UUID, document: HoldingIn, session: Transaction, caller: OwnAgency) -> PlaceOut:
    await commands.give_post(session, person_id, document, caller)
    return await queries.just_changed(session, person_id, caller, document.valid_from)


@uploads.post("/holdings:batch", summary="Give posts to people by NIP")
async def upload_holdings(
    caller: OwnAgency, lines: Annotated[Lines[HoldingLine], Depends(lines_of(HoldingLine))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.give_posts(session, given, caller))
