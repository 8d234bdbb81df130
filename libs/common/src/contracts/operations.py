"""The routes by which an operator sees how the workers of a service do: the same in every service that consumes."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy import text

from common.fields import Document
from common.web.pages import BY_ID, AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.rights import OPERATE

Operator = Annotated[Caller[Any], Depends(OPERATE)]
CONSUMERS = text(
    "SELECT c.consumer, c.instance, c.topic, c.lag, c.ready, c.seen_at,"
    " coalesce(w.waiting, 0) AS waiting, w.since AS waiting_since, coalesce(l.letters, 0) AS letters"
    " FROM consumers c"
    " LEFT JOIN (SELECT consumer, count(*) AS waiting, min(created_at) AS since FROM waiting GROUP BY 1) w USING (consumer)"
    " LEFT JOIN (SELECT consumer, count(*) AS letters FROM letters WHERE settled_at IS NULL OR failure IS NOT NULL GROUP BY 1) l"
    " USING (consumer) ORDER BY c.consumer, c.instance"
)
LETTERS = text(
    "SELECT id, consumer, topic, event_id, reason, origin, buried_at, asked_by, asked_at, settled_at, failure FROM letters"
    " WHERE CAST(:after AS uuid) IS NULL OR id < CAST(:after AS uuid) ORDER BY id DESC LIMIT :most"
)
ASK = text(
    "UPDATE letters SET asked_by = :by, asked_at = clock_timestamp(), settled_at = NULL, failure = NULL"
    " WHERE id = ANY(CAST(:ids AS uuid[])) AND (asked_at IS NULL OR settled_at IS NOT NULL) RETURNING id"
)
"""One that waits to be sent is left as it is."""
router = APIRouter(prefix="/v1", tags=["operations"])


class ConsumerOut(BaseModel):
    """How a consumer did when its worker told last; every few seconds it does, so an old `seen_at` is a worker that stands still."""

    consumer: str
    instance: str = Field(description="which replica of the worker")
    topic: str
    lag: int | None = Field(description="events of the topic that it has not consumed yet; null before it was measured")
    ready: bool = Field(description="whether it has partitions, gets on in them, and was not stopped by poison")
    seen_at: datetime
    waiting: int = Field(description="events that wait until somebody is known of whom they speak")
    waiting_since: datetime | None
    letters: int = Field(description="dead letters that were not sent again")


class OperationsOut(BaseModel):
    """The consumers of a service."""

    consumers: list[ConsumerOut]


class LetterOut(BaseModel):
    """A dead letter: where it lies and why, never whose it is or what it says. Kafka keeps it for 90 days."""

    id: UUID
    consumer: str = Field(description="who could not apply it")
    topic: str
    event_id: UUID | None
    reason: str
    origin: str = Field(description="topic, partition and offset of its record")
    buried_at: datetime
    asked_by: str | None = Field(description="the subject who asked last that it is sent again")
    asked_at: datetime | None
    settled_at: datetime | None = Field(description="when a worker did so, or found that it cannot")
    failure: str | None = Field(description="why it could not be sent")


class ReplayIn(Document):
    """The letters that are to be sent again, since what buried them is mended."""

    letter_ids: list[UUID] = Field(min_length=1, max_length=1000)


class ReplayOut(BaseModel):
    """The letters that a worker sends again within seconds; whoever had applied one skips it."""

    asked: list[UUID]


@router.get("/operations", summary="How the consumers of the service do")
async def get_operations(session: Reading, caller: Operator) -> OperationsOut:
    del caller
    rows = (await session.execute(CONSUMERS)).mappings()
    return OperationsOut(consumers=[ConsumerOut.model_validate(dict(row)) for row in rows])


@router.get("/operations/letters", summary="Dead letters, the newest first")
async def get_letters(session: Reading, caller: Operator, window: AskedWindow) -> Page[LetterOut]:
    del caller
    seen = window.seen(BY_ID)
    rows = await session.execute(LETTERS, {"after": seen and seen[0], "most": window.limit + 1})
    return window.page([LetterOut.model_validate(dict(row)) for row in rows.mappings()], lambda letter: [letter.id])


@router.post("/operations/letters:replay", status_code=202, summary="Have dead letters sent again")
async def post_replay(document: ReplayIn, session: Transaction, caller: Operator) -> ReplayOut:
    asked = await session.scalars(ASK, {"ids": document.letter_ids, "by": caller.subject})
    return ReplayOut(asked=sorted(asked))
