"""Deputies over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from common.fields import Day
from common.web.bulk import Lines, lines_of
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from registry import rights
from registry.deputies import commands, queries
from registry.deputies.schemas import DeputyIn, DeputyOut, DutyOut, EndIn

router = APIRouter(prefix="/v1", tags=["deputies"])
uploads = APIRouter(prefix="/v1", tags=["deputies"])

Reader = Annotated[Caller[None], Depends(rights.READ_HISTORIES)]
Oneself = Annotated[Caller[None], Depends(rights.READ_ONESELF)]
Namer = Annotated[Caller[None], Depends(rights.NAME_DEPUTIES)]


@router.get("/duties", summary="The duties in which somebody may be stood in for, and those in which nobody may")
async def list_duties(caller: Namer, language: UsedLanguage) -> list[DutyOut]:
    del caller
    return queries.duties(language)


@router.get("/people/me/deputies", summary="Who stands in for oneself, and for whom one stands in, whenever")
@shows("duties", introduces=True)
async def list_own_deputies(session: Reading, caller: Oneself, window: AskedWindow) -> Page[DeputyOut]:
    return await queries.own(session, window, caller)


@router.get("/agencies/{agency_id}/deputies", summary="Who stands in for people of an agency, as of a day")
@shows("duties")
async def list_deputies(
    agency_id: UUID, session: Reading, caller: Reader, window: AskedWindow, as_of: Day | None = None
) -> Page[DeputyOut]:
    return await queries.of_agency(session, agency_id, window, caller, as_of)


@router.post(
    "/deputies",
    status_code=201,
    summary="Name somebody who does a duty of another from a day until another",
    responses={404: {"description": "`not-found`: nobody in the caller's reach is to be stood in for"}},
)
async def name_deputy(document: DeputyIn, session: Transaction, caller: Namer) -> DeputyOut:
    return await queries.deputy(session, await commands.name_deputy(session, document, caller))


@router.post(
    "/deputies/{delegation_id}/end",
    summary="End a delegation earlier, or take back one that has not begun",
    responses={409: {"description": "`delegation-over`"}},
)
@shows("duties")
async def end_delegation(delegation_id: UUID, document: EndIn, session: Transaction, caller: Namer) -> DeputyOut:
    await commands.end(session, delegation_id, document.on, caller)
    return await queries.deputy(session, delegation_id)


@uploads.post("/deputies:batch", summary="Name deputies, by id or NIP")
async def upload_deputies(
    caller: Namer, lines: Annotated[Lines[DeputyIn], Depends(lines_of(DeputyIn))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.name_deputies(session, given, caller))
