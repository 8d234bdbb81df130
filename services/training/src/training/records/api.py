"""Records over HTTP."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done
from common.fields import Year
from common.refused import Refused
from common.store.transient import insist
from common.web import etag
from common.web.bulk import TRY_SECONDS, Lines, lines_of
from common.web.idempotency import IdempotencyKey, once
from common.web.joining import Joiner
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, parts_of
from contracts.acting import capacity
from contracts.callers import Caller
from training import rights
from training.domain.rules import Book
from training.records import commands, queries
from training.records.schemas import Correction, History, Recorded, Revocation, Training

router = APIRouter(prefix="/v1", tags=["trainings"])
uploads = APIRouter(prefix="/v1", tags=["trainings"])


class Single(NamedTuple):
    """One activity sent by itself, and by whom."""

    training: Training
    caller: Caller[Book]


Outcome = tuple[int, Recorded]
"""HTTP status and record."""


async def store_singles(session: AsyncSession, singles: Sequence[Single]) -> list[Outcome | Refused]:
    """Stores activities of one caller that were sent one by one, as a bulk upload would."""
    caller = singles[0].caller
    answers = await commands.store(session, [single.training for single in singles], caller)
    done = [answer for answer in answers if isinstance(answer, Done)]
    records = await queries.recorded(session, [answer.id for answer in done])
    repeated = [answer.id for answer in done if answer.status == "duplicate"]
    records |= await queries.as_sent(session, repeated, caller)
    return [
        answer if isinstance(answer, Refused) else (201 if answer.status == "stored" else 200, records[answer.id])
        for answer in answers
    ]


singles = Joiner("store singles", store_singles)
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
    single = Single(training, caller)
    if idempotency_key is None:
        status, record = await singles.join(database, caller, single)
        return Response(record.model_dump_json(), status_code=status, media_type="application/json")

    async def store_once() -> Response:
        async def act() -> Outcome:
            [outcome] = await store_singles(session, [single])
            if isinstance(outcome, Refused):
                raise outcome
            return outcome

        async with database.transaction() as session:
            return await once(request, session, caller, idempotency_key, act)

    return await insist(store_once, seconds=TRY_SECONDS, what="store single")


@uploads.post("/trainings:batch", summary="Record many finished activities")
async def upload_trainings(
    caller: Sender, lines: Annotated[Lines[Training], Depends(lines_of(Training))]
) -> StreamingResponse:
    capacity(caller)  # who may send nothing is told so once, not line by line

    async def handle(session: AsyncSession, given: Sequence[Training]) -> Sequence[Answer]:
        return await commands.store(session, given, caller)

    return await lines.answer(handle)


@router.get("/trainings", summary="A person's records, in the order they were recorded")
async def list_trainings(
    person_id: UUID,
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    year: Annotated[Year | None, Query(description="in which they end or count")] = None,
) -> Page[Recorded]:
    return await queries.record_page(session, window, caller, person_id, year)


@router.get("/trainings/{record_id}", summary="One record")
async def get_training(record_id: UUID, session: Reading, caller: Reader, response: Response) -> Recorded:
    return etag.tagged(await queries.record(session, record_id, caller), response)


@router.get("/trainings/{record_id}/history", summary="What a record said, version by version, and why it changed")
async def get_history(record_id: UUID, session: Reading, caller: Reader) -> History:
    return await queries.history(session, record_id, caller)


@router.put(
    "/trainings/{record_id}",
    summary="Correct a record: all values anew, and the reason",
    responses={409: {"description": "`record-revoked`"}},
)
async def put_training(
    record_id: UUID, correction: Correction, session: Transaction, caller: Sender, seen: etag.Seen, response: Response
) -> Recorded:
    record = await commands.correct(session, record_id, correction, caller, seen=seen)
    return etag.tagged(Recorded.model_validate(record), response)


@router.post("/trainings/{record_id}/revoke", summary="Make a record count no more")
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
async def post_verify(record_id: UUID, session: Transaction, caller: Verifier, response: Response) -> Recorded:
    record = await commands.verify(session, record_id, caller)
    return etag.tagged(Recorded.model_validate(record), response)
