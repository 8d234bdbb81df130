"""Agencies, their units and PICs over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from common.fields import Line
from common.web import etag
from common.web.auth import Principal, allow
from common.web.bulk import Lines, lines_of
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from registry.agencies import commands, queries
from registry.agencies.schemas import (
    AgencyIn,
    AgencyLine,
    AgencyOut,
    AgencyWithoutPic,
    PicsIn,
    PicsOut,
    UnitIn,
    UnitOut,
)
from registry.domain.agency import Kind
from registry.writing import Writing, writing_by

router = APIRouter(prefix="/v1", tags=["agencies"])
uploads = APIRouter(prefix="/v1", tags=["agencies"])

Reader = Annotated[Principal, Depends(allow("lan", "analis", "agency_hr", "inspector", "service"))]
NationalReader = Annotated[Principal, Depends(allow("lan", "analis"))]
Registrar = Annotated[Writing, Depends(writing_by("lan", "service"))]
OwnAgency = Annotated[Writing, Depends(writing_by("lan", "service", "agency_hr"))]

TAKEN: dict[int | str, dict[str, Any]] = {409: {"description": "`code-taken` or `id-taken`"}}


@router.post("/agencies", status_code=201, summary="Register an agency", responses=TAKEN)
async def create_agency(document: AgencyIn, session: Transaction, writing: Registrar, response: Response) -> AgencyOut:
    agency_id = await commands.create_agency(session, document, writing)
    return etag.tagged(await queries.agency(session, agency_id, writing.principal), response)


@router.get("/agencies", summary="Agencies in the order of their codes")
async def list_agencies(
    session: Reading, principal: Reader, window: AskedWindow, kind: Kind | None = None, region: Line | None = None
) -> Page[AgencyOut]:
    return await queries.agency_page(session, window, principal, kind, region)


@router.get("/agencies-without-pic", summary="Agencies nobody answers for")
async def agencies_without_pic(
    session: Reading, principal: NationalReader, window: AskedWindow
) -> Page[AgencyWithoutPic]:
    del principal
    return await queries.without_pic(session, window)


@router.get("/agencies/{agency_id}", summary="One agency")
async def get_agency(agency_id: UUID, session: Reading, principal: Reader, response: Response) -> AgencyOut:
    return etag.tagged(await queries.agency(session, agency_id, principal), response)


@router.put("/agencies/{agency_id}", summary="Change an agency", responses=TAKEN)
async def put_agency(
    agency_id: UUID,
    document: AgencyIn,
    session: Transaction,
    writing: Registrar,
    seen: etag.Seen,
    response: Response,
) -> AgencyOut:
    await commands.revise_agency(session, agency_id, document, seen, writing)
    return etag.tagged(await queries.agency(session, agency_id, writing.principal), response)


@router.get("/agencies/{agency_id}/pics", summary="Who answers for an agency")
async def get_pics(agency_id: UUID, session: Reading, principal: Reader, response: Response) -> PicsOut:
    return etag.tagged(await queries.pics_of(session, agency_id, principal), response)


@router.put("/agencies/{agency_id}/pics", summary="Name exactly these PICs")
async def put_pics(
    agency_id: UUID, document: PicsIn, session: Transaction, writing: OwnAgency, seen: etag.Seen, response: Response
) -> PicsOut:
    await commands.name_pics(session, agency_id, document.pics, seen, writing)
    return etag.tagged(await queries.pics_of(session, agency_id, writing.principal), response)


@router.get("/agencies/{agency_id}/units", summary="The units of an agency")
async def list_units(agency_id: UUID, session: Reading, principal: Reader, window: AskedWindow) -> Page[UnitOut]:
    return await queries.unit_page(session, agency_id, window, principal)


@router.post("/agencies/{agency_id}/units", status_code=201, summary="Register a unit", responses=TAKEN)
async def create_unit(
    agency_id: UUID, document: UnitIn, session: Transaction, writing: OwnAgency, response: Response
) -> UnitOut:
    unit_id = await commands.add_unit(session, agency_id, document, writing)
    return etag.tagged(await queries.unit(session, unit_id, writing.principal), response)


@router.put("/units/{unit_id}", summary="Change a unit", responses=TAKEN)
async def put_unit(
    unit_id: UUID, document: UnitIn, session: Transaction, writing: OwnAgency, seen: etag.Seen, response: Response
) -> UnitOut:
    await commands.revise_unit(session, unit_id, document, seen, writing)
    return etag.tagged(await queries.unit(session, unit_id, writing.principal), response)


@uploads.post("/agencies:batch", summary="Register or change agencies by code")
async def upload_agencies(
    writing: Registrar, lines: Annotated[Lines[AgencyLine], Depends(lines_of(AgencyLine))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.upsert_agencies(session, given, writing))
