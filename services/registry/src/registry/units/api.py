"""Units over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from common.fields import Day
from common.web import etag
from common.web.bulk import Lines, lines_of
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from registry import rights
from registry.lines import links
from registry.units import commands, queries
from registry.units.schemas import UnitHistoryOut, UnitIn, UnitLine, UnitOut
from registry.units.tables import units

router = APIRouter(prefix="/v1", tags=["units"])
uploads = APIRouter(prefix="/v1", tags=["units"])

Reader = Annotated[Caller[None], Depends(rights.READ_AGENCIES)]
OwnAgency = Annotated[Caller[None], Depends(rights.KEEP_STRUCTURE)]

TAKEN: dict[int | str, dict[str, Any]] = {409: {"description": "`code-taken` or `id-taken`"}}


@router.get("/agencies/{agency_id}/units", summary="The units of an agency, as of a day")
async def list_units(
    agency_id: UUID, session: Reading, caller: Reader, window: AskedWindow, as_of: Day | None = None
) -> Page[UnitOut]:
    return await queries.unit_page(session, agency_id, window, caller, as_of)


@router.post("/agencies/{agency_id}/units", status_code=201, summary="Register a unit", responses=TAKEN)
async def create_unit(
    agency_id: UUID, document: UnitIn, session: Transaction, caller: OwnAgency, response: Response
) -> UnitOut:
    unit_id = await commands.add_unit(session, agency_id, document, caller)
    return etag.tagged(await queries.just_changed(session, unit_id, document.valid_from or caller.today), response)


@router.get("/units/{unit_id}", summary="A unit, as of a day")
async def get_unit(
    unit_id: UUID, session: Reading, caller: Reader, response: Response, as_of: Day | None = None
) -> UnitOut:
    return etag.tagged(await queries.unit(session, unit_id, caller, as_of), response)


@router.get("/units/{unit_id}/history", summary="Everything on record of a unit")
async def get_unit_history(unit_id: UUID, session: Reading, caller: Reader, response: Response) -> UnitHistoryOut:
    return etag.tagged(await queries.history(session, unit_id, caller), response)


@router.put("/units/{unit_id}", summary="Change a unit from a day on: its name, or where it stands", responses=TAKEN)
async def put_unit(
    unit_id: UUID, document: UnitIn, session: Transaction, caller: OwnAgency, seen: etag.Seen, response: Response
) -> UnitOut:
    await commands.revise_unit(session, unit_id, document, seen, caller)
    return etag.tagged(await queries.just_changed(session, unit_id, document.valid_from or caller.today), response)


@uploads.post("/units:batch", summary="Register or change units by agency and code")
async def upload_units(
    caller: OwnAgency, lines: Annotated[Lines[UnitLine], Depends(lines_of(UnitLine))]
) -> StreamingResponse:
    return await lines.answer(
        lambda session, given: commands.upsert_units(session, given, caller),
        links(units, caller, "unit-loop", "parent_id"),
    )
