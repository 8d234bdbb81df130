"""Records over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from common.fields import Year
from common.refused import Refused
from common.store.transient import insist
from common.web import etag, reading
from common.web.bulk import TRY_SECONDS, Lines, lines_of
from common.web.idempotency import IdempotencyKey, once
from common.web.joining import Joiner
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, parts_of
from contracts.acting import capacity
from contracts.callers import Caller
from contracts.looks import shows
from training import rights
from training.domain.rules import Book
from training.records import commands, queries
from training.records.schemas import Correction, History, Recorded, Revocation, Training

router = APIRouter(prefix="/v1", tags=["trainings"])
uploads = APIRouter(prefix="/v1", tags=["trainings"])


singles = Joiner("store singles", commands.store_singles)
"""Joins single activities of one caller that come at the same time."""


Sender = Annotated[Caller[Book], Depends(rights.SEND_TRAININGS)]
Verifier = Annotated[Caller[Book], Depends(rights.VERIFY_TRAININGS)]
Reader = Annotated[Caller[Book], Depends(rights.READ_TRAININGS)]


@router.post(
    "/trainings",
    status_code=201,
    response_model=Recorded,
    summary="Record a finished activity",
    responses={
        200: {"model": Recorded, "description": "the same was recorded before: that record"},
        409: {"description": "`reference-conflict` or `idempotency-conflict`"},
    },
)
async def post_training(
    request: Request, training: Training, caller: Sender, idempotency_key: IdempotencyKey = None
) -> Response:
    database = parts_of(request).database
    single = commands.Single(training, caller)
    if idempotency_key is None:
        status, record = await singles.join(database, caller, single)
        return Response(record.model_dump_json(), status_code=status, media_type="application/json")

    async def store_once() -> Response:
        async def act() -> commands.Outcome:
            [outcome] = await commands.store_singles(session, [single])
            if isinstance(outcome, Refused):
                raise outcome
            return outcome

        async with database.transaction() as session:
            return await once(request, session, caller, idempotency_key, act)

    return await insist(store_once, seconds=TRY_SECONDS, what="store single")


@uploads.post("/trainings:batch", summary="Record many finished activities")
async def upload_trainings(
    caller: Sender, lines: Annotated[Lines[Training], Depends(lines_of(Training, reading.Reader(Training).read))]
) -> StreamingResponse:
    capacity(caller)  # who may send nothing is told so once, not line by line
    return await lines.answer(lambda session, given: commands.store(session, given, caller))


@router.get("/trainings", summary="A person's records, in the order they were recorded")
@shows("trainings")
async def list_trainings(
    person_id: UUID,
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    year: Annotated[Year | None, Query(description="in which they end or count")] = None,
) -> Page[Recorded]:
    return await queries.record_page(session, window, caller, person_id, year)


@router.get("/trainings/{record_id}", summary="One record")
@shows("trainings")
async def get_training(record_id: UUID, session: Reading, caller: Reader, response: Response) -> Recorded:
    return etag.tagged(await queries.record(session, record_id, caller), response)


@router.get("/trainings/{record_id}/history", summary="What a record said, version by version, and why it changed")
@shows("trainings")
async def get_history(record_id: UUID, session: Reading, caller: Reader) -> History:
    return await queries.history(session, record_id, caller)


@router.put(
    "/trainings/{record_id}",
    summary="Correct a record: all values anew, and the reason",
    responses={409: {"description": "`record-revoked`"}},
)
@shows("trainings")
async def put_training(
    record_id: UUID, correction: Correction, session: Transaction, caller: Sender, seen: etag.Seen, response: Response
) -> Recorded:
    record = await commands.correct(session, record_id, correction, caller, seen=seen)
    return etag.tagged(Recorded.model_validate(record), response)


@router.post("/trainings/{record_id}/revoke", summary="Make a record count no more")
@shows("trainings")
async def post_revoke(
    record_id: UUID, revocation: Revocation, session: Transaction, caller: Sender, response: Response
) -> Recorded:
    record = await commands.revoke(session, record_id, revocation.reason, caller)
    return etag.tagged(Recorded.model_validate(record), response)


@router.post(
    "/trainings/{record_id}/verify",
    summary="Confirm a self-declared record",
    responses={409: {"description": "`already-verified` or `record-revoked`"}},
)
@shows("trainings")
async def post_verify(record_id: UUID, session: Transaction, caller: Verifier, response: Response) -> Recorded:
    record = await commands.verify(session, record_id, caller)
    return etag.tagged(Recorded.model_validate(record), response)
