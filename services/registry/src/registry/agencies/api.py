"""Agencies and their PICs over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from common.fields import Day, Line
from common.web import etag
from common.web.bulk import Lines, lines_of
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from registry import rights
from registry.agencies import commands, queries
from registry.agencies.schemas import (
    AgencyIn,
    AgencyLine,
    AgencyOut,
    AgencyWithoutPic,
    PicsIn,
    PicsOut,
)
from registry.domain.agency import Kind

router = APIRouter(prefix="/v1", tags=["agencies"])
uploads = APIRouter(prefix="/v1", tags=["agencies"])

Reader = Annotated[Caller[None], Depends(rights.READ_AGENCIES)]
NationalReader = Annotated[Caller[None], Depends(rights.LIST_AGENCIES_WITHOUT_PIC)]
Registrar = Annotated[Caller[None], Depends(rights.KEEP_AGENCIES)]
OwnAgency = Annotated[Caller[None], Depends(rights.KEEP_PICS)]

TAKEN: dict[int | str, dict[str, Any]] = {409: {"description": "`code-taken` or `id-taken`"}}


@router.post("/agencies", status_code=201, summary="Register an agency", responses=TAKEN)
async def create_agency(document: AgencyIn, session: Transaction, caller: Registrar, response: Response) -> AgencyOut:
    agency_id = await commands.create_agency(session, document, caller)
    return etag.tagged(await queries.agency(session, agency_id, caller), response)


@router.get("/agencies", summary="Agencies in the order of their codes")
async def list_agencies(
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    kind: Kind | None = None,
    region: Line | None = None,
    as_of: Day | None = None,
) -> Page[AgencyOut]:
    return await queries.agency_page(session, window, caller, kind, region, as_of)


@router.get("/agencies-without-pic", summary="Agencies without a main PIC or without a deputy")
async def agencies_without_pic(session: Reading, caller: NationalReader, window: AskedWindow) -> Page[AgencyWithoutPic]:
    return await queries.without_pic(session, window, caller)


@router.get("/agencies/{agency_id}", summary="One agency")
async def get_agency(
    agency_id: UUID, session: Reading, caller: Reader, response: Response, as_of: Day | None = None
) -> AgencyOut:
    return etag.tagged(await queries.agency(session, agency_id, caller, as_of), response)


@router.put("/agencies/{agency_id}", summary="Change an agency", responses=TAKEN)
async def put_agency(
    agency_id: UUID,
    document: AgencyIn,
    session: Transaction,
    caller: Registrar,
    seen: etag.Seen,
    response: Response,
) -> AgencyOut:
    await commands.revise_agency(session, agency_id, document, seen, caller)
    return etag.tagged(await queries.agency(session, agency_id, caller), response)


@router.get("/agencies/{agency_id}/pics", summary="Who answers for an agency")
async def get_pics(agency_id: UUID, session: Reading, caller: Reader, response: Response) -> PicsOut:
    return etag.tagged(await queries.pics_of(session, agency_id, caller), response)


@router.put("/agencies/{agency_id}/pics", summary="Name exactly these PICs")
async def put_pics(
    agency_id: UUID, document: PicsIn, session: Transaction, caller: OwnAgency, seen: etag.Seen, response: Response
) -> PicsOut:
    await commands.name_pics(session, agency_id, document.pics, seen, caller)
    return etag.tagged(await queries.pics_of(session, agency_id, caller), response)


@uploads.post("/agencies:batch", summary="Register or change agencies by code")
async def upload_agencies(
    caller: Registrar, lines: Annotated[Lines[AgencyLine], Depends(lines_of(AgencyLine))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.upsert_agencies(session, given, caller))
