"""Evidence over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from common.web.files import file_in
from common.web.parts import Reading, Transaction, parts_of
from contracts.callers import Caller
from contracts.looks import shows
from training import rights
from training.checking.queries import record_in_hand
from training.domain.evidence import BOOK, EvidenceRules
from training.domain.rules import Book
from training.evidence import commands, queries
from training.evidence.handing import AS_KEPT, OfRecord, handed_out
from training.evidence.schemas import ComparedOut, EvidenceFileOut, EvidenceOut, FileName
from training.evidence.store import files_of

router = APIRouter(prefix="/v1", tags=["evidence"])
uploads = APIRouter(prefix="/v1", tags=["evidence"])

Adder = Annotated[Caller[Book], Depends(rights.ADD_EVIDENCE)]
Reader = Annotated[Caller[Book], Depends(rights.READ_EVIDENCE)]
Checker = Annotated[Caller[Book], Depends(rights.CHECK_TRAININGS)]
ANY_BYTES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@uploads.post(
    "/trainings/{record_id}/evidence",
    status_code=201,
    summary="Keep a file as evidence of a record: PDF, PNG or JPEG, as its content says",
    responses={409: {"description": "`record-revoked`, `files-over`"}},
    openapi_extra=ANY_BYTES,
)
async def post_evidence(
    record_id: UUID, name: Annotated[FileName, Query()], request: Request, session: Transaction, caller: Adder
) -> EvidenceFileOut:
    rules = _rules(caller)
    content = await file_in(request, rules.most_bytes)
    return await commands.add(session, record_id, name, content, rules, files_of(parts_of(request)), caller)


@router.get("/trainings/{record_id}/evidence", summary="What proves a record: the issuer's link, and its files")
@shows("trainings")
async def get_evidence(record_id: UUID, session: Reading, caller: Reader) -> EvidenceOut:
    return await queries.evidence(session, await queries.seen_record(session, record_id, caller))


@router.get(
    "/trainings/{record_id}/evidence/{file_id}",
    summary="A file of a record; a photo without what the camera added",
    response_class=Response,
    responses=AS_KEPT,
)
@shows("trainings")
async def get_file(record_id: UUID, file_id: UUID, session: Reading, caller: Reader, request: Request) -> OfRecord:
    record = await queries.seen_record(session, record_id, caller)
    return await handed_out(session, record, file_id, request)


@uploads.post(
    "/trainings/{record_id}/evidence/{file_id}/compare",
    summary="Whether a file is the one that was sent as evidence",
    openapi_extra=ANY_BYTES,
)
@shows("trainings")
async def post_compare(
    record_id: UUID, file_id: UUID, request: Request, session: Reading, caller: Reader
) -> ComparedOut:
    given = await file_in(request, _rules(caller).most_bytes)
    return await queries.compared(session, await queries.seen_record(session, record_id, caller), file_id, given)


@router.get(
    "/checks/{check_id}/evidence",
    summary="What proves a record in your hands",
    responses={409: {"description": "`check-decided`, `lease-over`"}},
)
@shows("trainings")
async def get_checked_evidence(check_id: UUID, session: Reading, caller: Checker) -> EvidenceOut:
    return await queries.evidence(session, await record_in_hand(session, check_id, caller))


@router.get(
    "/checks/{check_id}/evidence/{file_id}",
    summary="A file of a record in your hands",
    response_class=Response,
    responses=AS_KEPT,
)
@shows("trainings")
async def get_checked_file(
    check_id: UUID, file_id: UUID, session: Reading, caller: Checker, request: Request
) -> OfRecord:
    return await handed_out(session, await record_in_hand(session, check_id, caller), file_id, request)


def _rules(caller: Caller[Book]) -> EvidenceRules:
    return BOOK.at(caller.today).tables
