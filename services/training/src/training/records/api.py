"""Records over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from common import etag
from common.auth import Principal, allow
from common.bulk import Answer, upload
from common.database import Reading, Transaction
from common.idempotency import IdempotencyKey, once
from common.pages import AskedWindow, Page
from common.problems import Problem
from common.service import UsedNipKey
from training.desk import Desk, desk_for
from training.records import commands, queries
from training.records.rights import READERS, SENDERS, capacity
from training.records.schemas import Correction, History, Recorded, Revocation, Training
from training.records.tables import Record

router = APIRouter(prefix="/v1", tags=["trainings"])
uploads = APIRouter(prefix="/v1", tags=["trainings"])

LINES = TypeAdapter(Training)

Sender = Annotated[Desk, Depends(desk_for(*SENDERS))]
Verifier = Annotated[Desk, Depends(desk_for("agency_hr", "service"))]
Reader = Annotated[Principal, Depends(allow(*READERS))]


@router.post(
    "/trainings",
    status_code=201,
    response_model=Recorded,
    summary="Record a finished activity",
    responses={200: {"model": Recorded, "description": "the same was recorded before: that record"}},
)
async def post_training(
    request: Request,
    training: Training,
    session: Transaction,
    desk: Sender,
    nip_key: UsedNipKey,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    async def act() -> tuple[int, Recorded]:
        [answer] = await commands.store(session, [training], desk, nip_key)
        if isinstance(answer, Problem):
            raise answer
        record = await session.get_one(Record, answer.id)
        return 201 if answer.status == "stored" else 200, Recorded.model_validate(record)

    return await once(request, session, desk.principal, idempotency_key, act)


@uploads.post("/trainings:batch", summary="Record many: NDJSON in, an NDJSON answer per line", response_model=None)
async def upload_trainings(request: Request, desk: Sender, nip_key: UsedNipKey) -> StreamingResponse:
    capacity(desk.principal)  # who may send nothing is told so once, not line by line

    async def handle(session: AsyncSession, lines: Sequence[Training]) -> Sequence[Answer]:
        return await commands.store(session, lines, desk, nip_key)

    return await upload(request, LINES, handle)


@router.get("/trainings", summary="A person's records, in the order they were recorded")
async def list_trainings(
    person_id: UUID,
    session: Reading,
    principal: Reader,
    window: AskedWindow,
    year: Annotated[int | None, Query(description="the counting year")] = None,
) -> Page[Recorded]:
    return await queries.record_page(session, window, principal, person_id, year)


@router.get("/trainings/{record_id}", summary="One record")
async def get_training(record_id: UUID, session: Reading, principal: Reader, response: Response) -> Recorded:
    return etag.tagged(await queries.record(session, record_id, principal), response)


@router.get("/trainings/{record_id}/history", summary="What a record said, version by version, and why it changed")
async def get_history(record_id: UUID, session: Reading, principal: Reader) -> History:
    return await queries.history(session, record_id, principal)


@router.put("/trainings/{record_id}", summary="Correct a record: all values anew, and the reason")
async def put_training(
    record_id: UUID, correction: Correction, session: Transaction, desk: Sender, seen: etag.Seen, response: Response
) -> Recorded:
    record = await commands.correct(session, record_id, correction, desk, seen=seen)
    return etag.tagged(Recorded.model_validate(record), response)


@router.post("/trainings/{record_id}/revoke", summary="Make a record count no more")
async def post_revoke(
    record_id: UUID, revocation: Revocation, session: Transaction, desk: Sender, response: Response
) -> Recorded:
    record = await commands.revoke(session, record_id, revocation.reason, desk)
    return etag.tagged(Recorded.model_validate(record), response)


@router.post("/trainings/{record_id}/verify", summary="Confirm a self-declared record")
async def post_verify(record_id: UUID, session: Transaction, desk: Verifier, response: Response) -> Recorded:
    record = await commands.verify(session, record_id, desk)
    return etag.tagged(Recorded.model_validate(record), response)
