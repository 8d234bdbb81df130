"""Getting events out: `emit` in a transaction, one ordered relay per database.

`emit` only collects; the transaction's edge stores what was collected as packed rows (up to
PACK events each) just before it commits. The relay publishes the oldest rows and deletes them
when every broker acknowledgement is in. So an event leaves at least once, in the order of the
transactions, and never for one that was rolled back. Order per aggregate holds because a use
case locks its aggregate before it emits.
"""

import json
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from opentelemetry.trace import SpanKind
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils import uuid7

from common.events import MAX_EVENT_BYTES, Event
from common.telemetry import (
    EVENT_COUNT,
    TOPIC,
    traced,
    traceparent,
)

PACK = 500
_write = msgspec.json.Encoder().encode
CHANNEL = "outbox"


class Emitted(NamedTuple):
    """One event that waits for its transaction's commit."""

    type: type[Event]
    time: datetime
    lines: str
    """`key id subject sequence`, and the payload on a line of its own."""


class EventTooLarge(Exception):  # noqa: N818 - the name says what has happened
    """An event above MAX_EVENT_BYTES, which nobody would read. `field` is the part that takes most of it."""

    def __init__(self, kind: type[Event], payload: str) -> None:
        super().__init__(kind.type)
        parts: dict[str, object] = json.loads(payload)
        self.field = max(parts, key=lambda name: len(json.dumps(parts[name])))


def emit(
    session: AsyncSession,
    event: Event,
    *,
    sequence: int,
    event_id: UUID | None = None,
    time: datetime | None = None,
) -> None:
    """Announces that `event` happened; it is published if and when the transaction commits.

    `sequence` is the version of the aggregate, from 1. `event_id` is given where doing the same
    thing again must name the same event. Raises EventTooLarge.
    """
    _collect(session, type(event), event.key(), event.subject(), event.model_dump_json(), sequence, event_id, time)


def emit_values(
    session: AsyncSession, kind: type[Event], values: Mapping[str, Any], *, sequence: int, time: datetime
) -> None:
    """As `emit`, for events of a set by the thousand: `values` are what `kind` would hold, and no event is made of them.

    Whoever calls it holds what it writes to the class by a test.
    """
    payload = _write(values).decode()
    _collect(session, kind, values[kind.key_field], values[kind.subject_field], payload, sequence, None, time)


def _collect(
    session: AsyncSession,
    kind: type[Event],
    key: UUID,
    subject: UUID,
    payload: str,
    sequence: int,
    event_id: UUID | None,
    time: datetime | None,
) -> None:
    # A character takes at most four bytes: only a long payload has to be encoded to know.
    if len(payload) > MAX_EVENT_BYTES // 4 and len(payload.encode()) > MAX_EVENT_BYTES:
        raise EventTooLarge(kind, payload)
    collected: dict[str, list[Emitted]] = session.info.setdefault("emitted", defaultdict(list))
    collected[kind.topic.name].append(
        Emitted(
            kind,
            time or session.info.setdefault("moment", datetime.now(UTC)),
            f"{key} {event_id or uuid7()} {subject} {sequence}\n{payload}",
        )
    )


@asynccontextmanager
async def attempt(session: AsyncSession) -> AsyncGenerator[None]:
    """A part of a transaction: when the block raises, nothing is left of what it has written and emitted."""
    before = {topic: len(emitted) for topic, emitted in session.info.get("emitted", {}).items()}
    try:
        async with session.begin_nested():
            yield
    except BaseException:
        for topic, emitted in session.info.get("emitted", {}).items():
            del emitted[before.get(topic, 0) :]
        raise


class _Undone(Exception):  # noqa: N818 - the name says what has happened
    """What was rehearsed is taken back."""


@asynccontextmanager
async def rehearsal(session: AsyncSession) -> AsyncGenerator[None]:
    """A part of a transaction of which nothing is left when the block ends, written or emitted."""
    with suppress(_Undone):
        async with attempt(session):
            yield
            raise _Undone


class Packed(NamedTuple):
    """A row of the outbox to be."""

    topic: str
    events: str
    many: int


async def flush(session: AsyncSession) -> None:
    """Stores what the transaction emitted and wakes the relay at its commit; the edge calls it."""
    if rows := taken(session):
        topics, packed, counts = zip(*rows, strict=True)
        await session.execute(STORE, {"topics": topics, "events": packed, "counts": counts, "channel": CHANNEL})


def taken(session: AsyncSession) -> list[Packed]:
    """What the session has emitted, packed; it has emitted nothing any more."""
    session.info.pop("moment", None)
    collected: dict[str, list[Emitted]] = session.info.pop("emitted", {})
    rows: list[Packed] = []
    for topic, emitted in collected.items():
        # One span for all a use case emits to a topic: a span costs more than an event.
        with traced(
            f"create {topic}", kind=SpanKind.PRODUCER, attributes={TOPIC: topic, EVENT_COUNT: len(emitted)}
        ) as span:
            origin = traceparent(span)
        for (kind, time), run in groupby(emitted, key=attrgetter("type", "time")):
            events = list(run)
            for start in range(0, len(events), PACK):
                part = events[start : start + PACK]
                rows.append(Packed(topic, _pack(kind, time, origin, part), len(part)))
    return rows


# A row's id is taken after its transaction has a number: `Floor` rests on it.
INSERTED = (
    "INSERT INTO outbox (topic, events, count) SELECT * FROM unnest({}, {}, {}) WHERE pg_current_xact_id() IS NOT NULL"
)
_GIVEN = ("CAST(:topics AS text[])", "CAST(:events AS text[])", "CAST(:counts AS int[])")
STORE = text(
    f"WITH stored AS ({INSERTED.format(*_GIVEN)} RETURNING 1)"  # noqa: S608 - built of names in this code
    " SELECT pg_notify(:channel, '') WHERE EXISTS (SELECT FROM stored)"
)


def _pack(kind: type[Event], time: datetime, origin: str | None, events: Sequence[Emitted]) -> str:
    """A row: the headers all its events share as JSON, then the two lines of each event.

    JSON has no raw line breaks, so nothing needs escaping, and the relay only splits.
    """
    shared = {
        "ce_specversion": "1.0",
        "ce_type": kind.type,
        "ce_source": kind.source,
        "ce_time": time.isoformat(),
        "content-type": "application/json",
    }
    if origin:
        shared["traceparent"] = origin
    return "\n".join((json.dumps(shared), *(event.lines for event in events)))


class Message(NamedTuple):
    """A Kafka record to be."""

    key: bytes
    headers: list[tuple[str, bytes]]
    value: bytes


def unpack(packed: str) -> tuple[str | None, list[Message]]:
    """The traceparent and the records of an outbox row, in order."""
    first, *lines = packed.encode().split(b"\n")
    shared: dict[str, str] = json.loads(first)
    common = [(name, value.encode()) for name, value in shared.items()]
    records: list[Message] = []
    for meta, payload in zip(lines[::2], lines[1::2], strict=True):
        key, event_id, subject, sequence = meta.split(b" ")
        headers = [*common, ("ce_id", event_id), ("ce_subject", subject), ("ce_sequence", sequence)]
        records.append(Message(key, headers, payload))
    return shared.get("traceparent"), records
