"""Programmes over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from mentoring import rights
from mentoring.programmes import commands, queries
from mentoring.programmes.schemas import ProgrammeIn, ProgrammeOut

router = APIRouter(prefix="/v1", tags=["programmes"])

Reader = Annotated[Caller[None], Depends(rights.READ_PROGRAMMES)]
Keeper = Annotated[Caller[None], Depends(rights.KEEP_PROGRAMMES)]


@router.get("/programmes", summary="Programmes in the order they were opened")
async def list_programmes(
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    agency_id: UUID | None = None,
    state: Literal["open", "closed"] | None = None,
) -> Page[ProgrammeOut]:
    del caller
    return await queries.programme_page(session, window, agency_id, state)


@router.get("/programmes/{programme_id}", summary="One programme with its rules")
async def get_programme(programme_id: UUID, session: Reading, caller: Reader) -> ProgrammeOut:
    del caller
    return await queries.programme(session, programme_id)


@router.post("/programmes", status_code=201, summary="Open a programme of your agency")
async def post_programme(document: ProgrammeIn, session: Transaction, caller: Keeper) -> ProgrammeOut:
    return await queries.programme(session, await commands.open_programme(session, document, caller))


@router.post("/programmes/{programme_id}/close", summary="Close a programme: nobody joins it any more")
async def post_close(programme_id: UUID, session: Transaction, caller: Keeper) -> ProgrammeOut:
    await commands.close(session, programme_id, caller)
    return await queries.programme(session, programme_id)
