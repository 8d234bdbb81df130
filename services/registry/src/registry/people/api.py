"""People over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter

from common import etag
from common.auth import Principal, allow
from common.bulk import NDJSON, upload
from common.database import Reading, Transaction
from common.fields import Day
from common.pages import AskedWindow, Page
from common.service import UsedClock
from registry.people import commands, queries
from registry.people.schemas import HistoryOut, NumberIn, PersonIn, PersonOut, StatusIn, TransferIn
from registry.refusals import may_answer
from registry.writing import Writing, writing_by

router = APIRouter(prefix="/v1", tags=["people"])
uploads = APIRouter(prefix="/v1", tags=["people"])

Reader = Annotated[Principal, Depends(allow("lan", "analis", "agency_hr", "inspector", "service"))]
Oneself = Annotated[Principal, Depends(allow("person"))]
OwnAgency = Annotated[Writing, Depends(writing_by("agency_hr", "service"))]
Mover = Annotated[Writing, Depends(writing_by("agency_hr", "service", "lan"))]


@router.post("/people", status_code=201, summary="Register a person", responses=may_answer(403, 409, 422))
async def create_person(document: PersonIn, session: Transaction, writing: OwnAgency, response: Response) -> PersonOut:
    person_id = await commands.register_person(session, document, writing)
    return etag.tagged(await queries.just_changed(session, person_id, writing.today), response)


@router.get("/people", summary="Who serves, or served on a day, in an agency or unit")
async def list_people(
    session: Reading,
    principal: Reader,
    clock: UsedClock,
    window: AskedWindow,
    agency_id: UUID | None = None,
    unit_id: UUID | None = None,
    as_of: Day | None = None,
) -> Page[PersonOut]:
    return await queries.people_page(
        session, window, principal, clock.today(), agency_id=agency_id, unit_id=unit_id, as_of=as_of
    )


@router.get("/people/me", summary="Oneself, as of a day", responses=may_answer(404))
async def get_oneself(
    session: Reading, principal: Oneself, clock: UsedClock, response: Response, as_of: Day | None = None
) -> PersonOut:
    return etag.tagged(await queries.oneself(session, principal, clock.today(), as_of), response)


@router.get("/people/{person_id}", summary="A person, as of a day", responses=may_answer(404))
async def get_person(
    person_id: UUID,
    session: Reading,
    principal: Reader,
    clock: UsedClock,
    response: Response,
    as_of: Day | None = None,
) -> PersonOut:
    return etag.tagged(await queries.person(session, person_id, clock.today(), principal, as_of), response)


@router.get("/people/{person_id}/history", summary="Everything on record of a person", responses=may_answer(404))
async def get_history(
    person_id: UUID, session: Reading, principal: Reader, clock: UsedClock, response: Response
) -> HistoryOut:
    return etag.tagged(await queries.history(session, person_id, clock.today(), principal), response)


@router.put(
    "/people/{person_id}", summary="Change a person from a day on", responses=may_answer(403, 404, 409, 412, 422)
)
async def put_person(
    person_id: UUID,
    document: PersonIn,
    session: Transaction,
    writing: OwnAgency,
    seen: etag.Seen,
    response: Response,
) -> PersonOut:
    await commands.revise_person(session, person_id, document, seen, writing)
    return etag.tagged(await queries.just_changed(session, person_id, writing.today), response)


@router.post(
    "/people/{person_id}/nip",
    summary="Mend a number that was registered wrong, with the reason",
    responses=may_answer(403, 404, 409, 412, 422),
)
async def mend_number(
    person_id: UUID, document: NumberIn, session: Transaction, writing: OwnAgency, seen: etag.Seen, response: Response
) -> PersonOut:
    await commands.mend_number(session, person_id, document, seen, writing)
    return etag.tagged(await queries.just_changed(session, person_id, writing.today), response)


@router.post(
    "/people/{person_id}/transfer",
    summary="Move a person to another agency or unit",
    responses=may_answer(403, 404, 422),
)
async def transfer_person(
    person_id: UUID, document: TransferIn, session: Transaction, writing: Mover, response: Response
) -> PersonOut:
    await commands.transfer_person(session, person_id, document, writing)
    return etag.tagged(await queries.just_changed(session, person_id, writing.today), response)


@router.post(
    "/people/{person_id}/status",
    summary="Record leave, study, return, retirement or death, by decree",
    responses=may_answer(403, 404, 422),
)
async def change_status(
    person_id: UUID, document: StatusIn, session: Transaction, writing: OwnAgency, response: Response
) -> PersonOut:
    await commands.change_status(session, person_id, document, writing)
    return etag.tagged(await queries.just_changed(session, person_id, writing.today), response)


_lines: TypeAdapter[PersonIn] = TypeAdapter(PersonIn)


@uploads.post(
    "/people:batch",
    summary="Register or change people by NIP, a line of NDJSON each",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {}}, "description": "one answer per line, in order"}},
)
async def upload_people(request: Request, writing: OwnAgency) -> StreamingResponse:
    return await upload(request, _lines, lambda session, lines: commands.upsert_people(session, lines, writing))
