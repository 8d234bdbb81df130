"""Ids of other systems over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from common.web import etag
from common.web.bulk import Lines, lines_of
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import Reason, shows
from registry import rights
from registry.identifiers import commands, queries
from registry.identifiers.schemas import IdentifiersIn, IdentifiersLine, IdentifiersOut, Kind, LookupLine, Value
from registry.identifiers.store import Subject

router = APIRouter(prefix="/v1", tags=["identifiers"])
uploads = APIRouter(prefix="/v1", tags=["identifiers"])

Reader = Annotated[Caller[None], Depends(rights.READ_IDENTIFIERS)]
Keeper = Annotated[Caller[None], Depends(rights.KEEP_IDENTIFIERS)]
Registrar = Annotated[Caller[None], Depends(rights.KEEP_AGENCIES)]

TAKEN: dict[int | str, dict[str, Any]] = {409: {"description": "`identifier-taken`: somebody or something else has it"}}


@router.get(
    "/identifiers",
    summary="Who or what has an id in another system",
    responses={404: {"description": "`not-found`: nobody and nothing in the caller's reach"}},
)
@shows("identifiers")
async def find_identifier(
    kind: Kind, siasn: Annotated[Value, Query()], session: Reading, caller: Reader, response: Response
) -> IdentifiersOut:
    return etag.tagged(await queries.found_by(session, kind, siasn, caller), response)


@router.get("/people/{person_id}/identifiers", summary="By which ids other systems know a person")
@shows("identifiers")
async def get_person_identifiers(
    person_id: UUID, session: Reading, caller: Reader, response: Response
) -> IdentifiersOut:
    return etag.tagged(await queries.ids_of(session, Subject("person", person_id), caller), response)


@router.put("/people/{person_id}/identifiers", summary="Tell by which ids other systems know a person", responses=TAKEN)
@shows("identifiers")
async def put_person_identifiers(
    person_id: UUID,
    document: IdentifiersIn,
    session: Transaction,
    caller: Keeper,
    seen: etag.Seen,
    response: Response,
) -> IdentifiersOut:
    return await _put(Subject("person", person_id), document, session, caller, seen, response)


@router.get("/agencies/{agency_id}/identifiers", summary="By which ids other systems know an agency")
@shows("identifiers")
async def get_agency_identifiers(
    agency_id: UUID, session: Reading, caller: Reader, response: Response
) -> IdentifiersOut:
    return etag.tagged(await queries.ids_of(session, Subject("agency", agency_id), caller), response)


@router.put(
    "/agencies/{agency_id}/identifiers", summary="Tell by which ids other systems know an agency", responses=TAKEN
)
@shows("identifiers")
async def put_agency_identifiers(
    agency_id: UUID,
    document: IdentifiersIn,
    session: Transaction,
    caller: Registrar,
    seen: etag.Seen,
    response: Response,
) -> IdentifiersOut:
    return await _put(Subject("agency", agency_id), document, session, caller, seen, response)


@router.get("/units/{unit_id}/identifiers", summary="By which ids other systems know a unit")
@shows("identifiers")
async def get_unit_identifiers(unit_id: UUID, session: Reading, caller: Reader, response: Response) -> IdentifiersOut:
    return etag.tagged(await queries.ids_of(session, Subject("unit", unit_id), caller), response)


@router.put("/units/{unit_id}/identifiers", summary="Tell by which ids other systems know a unit", responses=TAKEN)
@shows("identifiers")
async def put_unit_identifiers(
    unit_id: UUID,
    document: IdentifiersIn,
    session: Transaction,
    caller: Keeper,
    seen: etag.Seen,
    response: Response,
) -> IdentifiersOut:
    return await _put(Subject("unit", unit_id), document, session, caller, seen, response)


@uploads.post("/identifiers:batch", summary="Tell by which ids other systems know people, agencies and units")
async def upload_identifiers(
    caller: Keeper, lines: Annotated[Lines[IdentifiersLine], Depends(lines_of(IdentifiersLine))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.upsert_ids(session, given, caller))


@uploads.post("/identifiers:lookup", summary="Find who or what has ids in another system: `found`, with its id here")
async def look_up_identifiers(
    caller: Reader,
    lines: Annotated[Lines[LookupLine], Depends(lines_of(LookupLine))],
    access_reason: Reason = None,
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.look_up(session, given, caller, access_reason))


async def _put(
    subject: Subject,
    document: IdentifiersIn,
    session: Transaction,
    caller: Caller[None],
    seen: etag.Versions,
    response: Response,
) -> IdentifiersOut:
    await commands.set_ids(session, subject, document, seen, caller)
    return etag.tagged(await queries.ids_of(session, subject, caller), response)
