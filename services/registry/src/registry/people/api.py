"""People over HTTP."""

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
from contracts.looks import shows
from registry import rights
from registry.fields import Tag
from registry.people import commands, queries
from registry.people.schemas import HistoryOut, NamesIn, NamesOut, NumberIn, PersonIn, PersonOut, StatusIn, TransferIn

router = APIRouter(prefix="/v1", tags=["people"])
uploads = APIRouter(prefix="/v1", tags=["people"])

Reader = Annotated[Caller[None], Depends(rights.READ_PEOPLE)]
Historian = Annotated[Caller[None], Depends(rights.READ_HISTORIES)]
Oneself = Annotated[Caller[None], Depends(rights.READ_ONESELF)]
OwnAgency = Annotated[Caller[None], Depends(rights.KEEP_PEOPLE)]
Mover = Annotated[Caller[None], Depends(rights.TRANSFER)]

TAKEN: dict[int | str, dict[str, Any]] = {409: {"description": "`nip-taken` or `nip-mended`"}}


@router.post("/people", status_code=201, summary="Register a person", responses=TAKEN)
async def create_person(document: PersonIn, session: Transaction, caller: OwnAgency, response: Response) -> PersonOut:
    person_id = await commands.register_person(session, document, caller)
    return etag.tagged(await queries.just_changed(session, person_id, caller), response)


@router.get("/people", summary="Who serves, or served on a day, in an agency or unit, or has a tag then")
@shows("identity")
async def list_people(
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    agency_id: UUID | None = None,
    unit_id: UUID | None = None,
    as_of: Day | None = None,
    tag: Tag | None = None,
) -> Page[PersonOut]:
    return await queries.people_page(
        session, window, caller, agency_id=agency_id, unit_id=unit_id, as_of=as_of, tag=tag
    )


@router.get(
    "/people/me",
    summary="Oneself, as of a day",
    responses={404: {"description": "`not-found`: nobody by the claim, or not yet or no more on that day"}},
)
@shows("identity")
async def get_oneself(session: Reading, caller: Oneself, response: Response, as_of: Day | None = None) -> PersonOut:
    return etag.tagged(await queries.oneself(session, caller, as_of), response)


@router.post("/people:names", summary="What up to a thousand people are called")
@shows("identity")
async def post_names(
    document: NamesIn,
    session: Reading,
    caller: Annotated[Caller[None], Depends(rights.READ_NAMES)],
    as_of: Day | None = None,
) -> NamesOut:
    return await queries.names(session, document, caller, as_of)


@router.get("/people/{person_id}", summary="A person, as of a day")
@shows("identity")
async def get_person(
    person_id: UUID,
    session: Reading,
    caller: Reader,
    response: Response,
    as_of: Day | None = None,
) -> PersonOut:
    return etag.tagged(await queries.person(session, person_id, caller, as_of), response)


@router.get("/people/{person_id}/history", summary="Everything on record of a person")
@shows("history")
async def get_history(person_id: UUID, session: Reading, caller: Historian, response: Response) -> HistoryOut:
    return etag.tagged(await queries.history(session, person_id, caller), response)


@router.put("/people/{person_id}", summary="Change a person from a day on", responses=TAKEN)
@shows("identity")
async def put_person(
    person_id: UUID,
    document: PersonIn,
    session: Transaction,
    caller: OwnAgency,
    seen: etag.Seen,
    response: Response,
) -> PersonOut:
    await commands.revise_person(session, person_id, document, seen, caller)
    return etag.tagged(await queries.just_changed(session, person_id, caller), response)


@router.post(
    "/people/{person_id}/nip",
    summary="Mend a number that was registered wrong, or two that were swapped, with the reason",
    responses=TAKEN,
)
@shows("identity")
async def mend_number(
    person_id: UUID, document: NumberIn, session: Transaction, caller: OwnAgency, seen: etag.Seen, response: Response
) -> PersonOut:
    await commands.mend_number(session, person_id, document, seen, caller)
    return etag.tagged(await queries.just_changed(session, person_id, caller), response)


@router.post(
    "/people/{person_id}/transfer",
    summary="Move a person to another agency or unit",
)
@shows("identity")
async def transfer_person(
    person_id: UUID, document: TransferIn, session: Transaction, caller: Mover, response: Response
) -> PersonOut:
    await commands.transfer_person(session, person_id, document, caller)
    return etag.tagged(await queries.just_changed(session, person_id, caller), response)


@router.post(
    "/people/{person_id}/status",
    summary="Record leave, study, return, retirement or death, by decree",
)
@shows("identity")
async def change_status(
    person_id: UUID, document: StatusIn, session: Transaction, caller: OwnAgency, response: Response
) -> PersonOut:
    await commands.change_status(session, person_id, document, caller)
    return etag.tagged(await queries.just_changed(session, person_id, caller), response)


@uploads.post("/people:batch", summary="Register or change people by NIP")
async def upload_people(
    caller: OwnAgency, lines: Annotated[Lines[PersonIn], Depends(lines_of(PersonIn))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.upsert_people(session, given, caller))
