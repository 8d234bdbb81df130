"""Getting events out: `emit` in a transaction, one ordered relay per database.

`emit` only collects; the transaction's edge stores what was collected as packed rows (up to
PACK events each) just before it commits. The relay publishes the oldest rows and deletes them
when every broker acknowledgement is in. So an event leaves at least once, in the order of the
transactions, and never for one that was rolled back. Order per aggregate holds because a use
case locks its aggregate before it emits.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (asyncpg and aiokafka ship no complete types)

import asyncio
import json
import random
import zlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaProducer
from opentelemetry.trace import SpanKind
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils import uuid7

from common.events import MAX_EVENT_BYTES, Event
from common.telemetry import (
    EVENT_COUNT,
    OUTBOX_DEPTH,
    OUTBOX_OLDEST_AGE,
    TOPIC,
    links,
    log,
    observe,
    published,
    traced,
    traceparent,
)

if TYPE_CHECKING:
    from common.database import Database

PACK = 500
RELAY_EVENTS = 5_000
RELAY_BYTES = 16 * 1024 * 1024
"""What one batch of the relay takes at most, beside the row that reaches it: this bounds its memory."""
POLL_SECONDS = 0.5
SEND_TIMEOUT_SECONDS = 30.0
CHANNEL = "outbox"
RELAY_LOCK = 4_205_501
GONE_WITHIN_30_SECONDS = {"tcp_keepalives_idle": "15", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
"""PostgreSQL looks whether a silent relay is still there: a machine that vanished would else keep its turn for hours."""
BATCH_BYTES = 512 * 1024


class Emitted(NamedTuple):
    """One event that waits for its transaction's commit."""

    type: type[Event]
    time: datetime
    key: str
    id: str
    subject: str
    sequence: int
    payload: str


class EventTooLarge(Exception):  # noqa: N818 - names what it is
    """An event above MAX_EVENT_BYTES, which nobody would read. `field` is the part that takes most of it."""

    def __init__(self, event: Event) -> None:
        super().__init__(event.type)
        parts: dict[str, object] = json.loads(event.model_dump_json())
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
    payload = event.model_dump_json()
    # A character takes at most four bytes: only a long payload has to be encoded to know.
    if len(payload) > MAX_EVENT_BYTES // 4 and len(payload.encode()) > MAX_EVENT_BYTES:
        raise EventTooLarge(event)
    collected: dict[str, list[Emitted]] = session.info.setdefault("emitted", defaultdict(list))
    collected[event.topic.name].append(
        Emitted(
            type(event),
            time or session.info.setdefault("moment", datetime.now(UTC)),
            str(event.key()),
            str(event_id or uuid7()),
            str(event.subject()),
            sequence,
            payload,
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


async def flush(session: AsyncSession) -> None:
    """Stores what the transaction emitted and wakes the relay at its commit; the edge calls it."""
    session.info.pop("moment", None)
    collected: dict[str, list[Emitted]] = session.info.pop("emitted", {})
    rows: list[tuple[str, str, int]] = []
    for topic, emitted in collected.items():
        # One span for all a use case emits to a topic: a span costs more than an event.
        with traced(
            f"create {topic}", kind=SpanKind.PRODUCER, attributes={TOPIC: topic, EVENT_COUNT: len(emitted)}
        ) as span:
            context = span.get_span_context()
            origin = traceparent(context) if context.is_valid else None
        for (kind, time), run in groupby(emitted, key=attrgetter("type", "time")):
            events = list(run)
            for start in range(0, len(events), PACK):
                part = events[start : start + PACK]
                rows.append((topic, _pack(kind, time, origin, part), len(part)))
    if rows:
        topics, packed, counts = zip(*rows, strict=True)
        await session.execute(STORE, {"topics": topics, "events": packed, "counts": counts, "channel": CHANNEL})


# A row's id is taken after its transaction has a number: `Floor` rests on it.
STORE = text(
    "WITH stored AS ("
    " INSERT INTO outbox (topic, events, count)"
    " SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:events AS text[]), CAST(:counts AS int[]))"
    " WHERE pg_current_xact_id() IS NOT NULL"
    " RETURNING 1)"
    " SELECT pg_notify(:channel, '') WHERE EXISTS (SELECT FROM stored)"
)


def _pack(kind: type[Event], time: datetime, origin: str | None, events: Sequence[Emitted]) -> str:
    """A row: the headers all its events share as JSON, then two lines an event, `key id subject sequence` and payload.

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
    lines = [json.dumps(shared)]
    for event in events:
        lines.append(f"{event.key} {event.id} {event.subject} {event.sequence}")
        lines.append(event.payload)
    return "\n".join(lines)


class Record(NamedTuple):
    """A Kafka record to be."""

    key: bytes
    headers: list[tuple[str, bytes]]
    value: bytes


def unpack(packed: str) -> tuple[str | None, list[Record]]:
    """The traceparent and the records of an outbox row, in order."""
    first, *lines = packed.encode().split(b"\n")
    shared: dict[str, str] = json.loads(first)
    common = [(name, value.encode()) for name, value in shared.items()]
    records: list[Record] = []
    for meta, payload in zip(lines[::2], lines[1::2], strict=True):
        key, event_id, subject, sequence = meta.split(b" ")
        headers = [*common, ("ce_id", event_id), ("ce_subject", subject), ("ce_sequence", sequence)]
        records.append(Record(key, headers, payload))
    return shared.get("traceparent"), records


def producer(bootstrap: str, *, max_request_size: int = 2 * MAX_EVENT_BYTES) -> AIOKafkaProducer:
    """A producer that loses and reorders nothing; the library's defaults do both.

    Idempotence is what keeps a later record of a key from landing before an earlier one when a
    batch is sent again.
    """
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        linger_ms=2,
        compression_type="zstd",
        max_batch_size=BATCH_BYTES,
        max_request_size=max_request_size,
        partitioner=cast(Any, _partition),  # its type is that of the default
        request_timeout_ms=int(SEND_TIMEOUT_SECONDS * 1000),
    )


def partition_of(key: bytes, partitions: int) -> int:
    """Where a key lives: CRC32, librdkafka's default and so the same for every client of it."""
    return zlib.crc32(key) % partitions


def _partition(key: bytes | None, every: Sequence[int], available: Sequence[int]) -> int:
    """For the producer, whose own choice is another: a record that somebody sends again goes where it came from."""
    return random.choice(available or every) if key is None else partition_of(key, len(every))  # noqa: S311 - no secret


async def send(kafka: AIOKafkaProducer, topic: str, records: Sequence[Record]) -> None:
    """Publishes records to one topic, in order within each partition, and waits for every acknowledgement.

    Builds the record batches itself: three times faster than a future per message (ADR 0003).
    """
    partitions = len(await kafka.partitions_for(topic))
    by_partition: dict[int, list[Record]] = defaultdict(list)
    for record in records:
        by_partition[partition_of(record.key, partitions)].append(record)
    futures: list[asyncio.Future[Any]] = []
    for partition, rest in by_partition.items():
        batch = kafka.create_batch()
        for record in rest:
            if batch.append(key=record.key, value=record.value, timestamp=None, headers=record.headers) is None:
                batch.close()
                futures.append(await kafka.send_batch(batch, topic, partition=partition))
                batch = kafka.create_batch()
                batch.append(key=record.key, value=record.value, timestamp=None, headers=record.headers)
        batch.close()
        futures.append(await kafka.send_batch(batch, topic, partition=partition))
    await asyncio.gather(*futures)


@dataclass
class Floor:
    """The lowest id that an unpublished row can have: the relay looks from there.

    From the start it would pass every deleted row that somebody's old snapshot keeps in the table. An id below
    those already sent can still appear, when its transaction commits late; so the floor rises only when all
    transactions that were under way at a batch's end have ended (ADR 0012).
    """

    id: int = 0
    _sent: int = 0
    _sent_at: int = 0

    def rise(self, lowest: int, oldest_writer: int) -> None:
        """Takes from a look the lowest id it found, and the number of the oldest transaction that may yet write."""
        if self._sent and oldest_writer >= self._sent_at:
            self.id = min(self._sent + 1, lowest)
            self._sent = 0

    def mark(self, highest: int, transaction: int) -> None:
        """Takes the highest id of a batch, and the number of a transaction begun after it was found."""
        if not self._sent:
            self._sent, self._sent_at = highest, transaction


async def relay_once(connection: asyncpg.Connection, kafka: AIOKafkaProducer, floor: Floor) -> int:
    """Publishes the oldest rows and deletes them once acknowledged. Returns how many events went out.

    Whoever calls it holds the relay's turn, so that two at once keep the order; `floor` is of this turn.
    """
    rows = await connection.fetch(OLDEST, RELAY_EVENTS, RELAY_BYTES, floor.id)
    if not rows:
        return 0
    floor.rise(rows[0]["id"], rows[0]["oldest_writer"])
    by_topic: dict[str, list[Record]] = defaultdict(list)
    origins: dict[str, list[str | None]] = defaultdict(list)
    for row in rows:
        origin, records = unpack(row["events"])
        by_topic[row["topic"]].extend(records)
        origins[row["topic"]].append(origin)
    for topic, records in by_topic.items():
        with traced(
            f"send {topic}",
            kind=SpanKind.PRODUCER,
            links=links(origins[topic]),
            attributes={TOPIC: topic, EVENT_COUNT: len(records)},
        ):
            await asyncio.wait_for(send(kafka, topic, records), SEND_TIMEOUT_SECONDS)
        published.add(len(records), {TOPIC: topic})
    [deleted] = await connection.fetch(DELETE, [row["id"] for row in rows])
    floor.mark(rows[-1]["id"], deleted["transaction"])
    return sum(row["count"] for row in rows)


OLDEST = (
    "SELECT id, topic, events, count, pg_snapshot_xmin(pg_current_snapshot()) AS oldest_writer FROM ("
    " SELECT *, sum(count) OVER (ORDER BY id) - count AS before,"
    " sum(octet_length(events)) OVER (ORDER BY id) - octet_length(events) AS bytes_before"
    " FROM (SELECT * FROM outbox WHERE id >= $3 ORDER BY id LIMIT $1) oldest) counted"
    " WHERE before < $1 AND bytes_before < $2 ORDER BY id"
)
DELETE = "WITH gone AS (DELETE FROM outbox WHERE id = ANY($1::bigint[])) SELECT pg_current_xact_id() AS transaction"


class Relay:
    """The role that carries a service's outbox to Kafka until it is stopped.

    It keeps one connection, which hears of every commit that emitted and holds the turn for as long
    as it lives: a transaction for each batch cost more than all else the relay does.
    """

    def __init__(self, database: "Database", bootstrap: str) -> None:
        self._database = database
        self._bootstrap = bootstrap
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self.depth = 0
        self.oldest_age = 0.0
        self.ready = False

    async def run(self) -> None:
        """Relays until `stop`; a broken world is waited out, never given up on."""
        observe(OUTBOX_DEPTH, "{event}", lambda: [(self.depth, {})])
        observe(OUTBOX_OLDEST_AGE, "s", lambda: [(self.oldest_age, {})])
        watcher = asyncio.create_task(self._watch())
        wait = POLL_SECONDS
        try:
            while not self._stopping.is_set():
                try:
                    # A batch that timed out may still be in flight: only a new producer session is sure of its order,
                    # and the old one ends before the turn does.
                    async with self._connected() as connection, _started(self._bootstrap) as kafka:
                        self.ready, wait = True, POLL_SECONDS
                        await self._carry(connection, kafka)
                except Exception as error:  # noqa: BLE001 - the relay outlives whatever breaks; the age alarm tells
                    log.warning("relay waits", error=type(error).__name__)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._stopping.wait(), wait)
                    wait = min(wait * 2, 2.0)
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)

    def stop(self) -> None:
        """Ends the run after the batch in hand."""
        self._stopping.set()
        self._wake.set()

    async def _carry(self, connection: asyncpg.Connection, kafka: AIOKafkaProducer) -> None:
        mine, floor = False, Floor()
        while not self._stopping.is_set():
            self._wake.clear()
            mine = mine or await connection.fetchval("SELECT pg_try_advisory_lock($1)", RELAY_LOCK)
            if mine and await relay_once(connection, kafka, floor):
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[asyncpg.Connection]:
        """A connection that wakes the relay at every commit that emitted."""
        connection = await asyncpg.connect(
            self._database.dsn, command_timeout=SEND_TIMEOUT_SECONDS, server_settings=GONE_WITHIN_30_SECONDS
        )
        try:
            await connection.add_listener(CHANNEL, lambda *_: self._wake.set())
            yield connection
        finally:
            connection.terminate()

    async def _watch(self) -> None:
        while True:
            with suppress(Exception):  # whatever breaks, the gauges say what was last known
                async with self._database.engine.connect() as connection:
                    row = (
                        await connection.execute(
                            text(
                                "SELECT coalesce(sum(count), 0) AS depth,"
                                " coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) AS age FROM outbox"
                            )
                        )
                    ).one()
                    self.depth, self.oldest_age = int(row.depth), float(row.age)
            await asyncio.sleep(5)


@asynccontextmanager
async def _started(bootstrap: str) -> AsyncGenerator[AIOKafkaProducer]:
    kafka = producer(bootstrap)
    try:
        await kafka.start()
        yield kafka
    finally:
        with suppress(Exception):
            await asyncio.wait_for(kafka.stop(), 5)
