"""Carrying the outbox to Kafka: one ordered relay per database."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (asyncpg and aiokafka ship no complete types)

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import asyncpg
from aiokafka import AIOKafkaProducer
from opentelemetry.trace import SpanKind
from sqlalchemy import text

from common.messages.kafka import SEND_TIMEOUT_SECONDS, producer, send
from common.store.database import Database
from common.store.outbox import CHANNEL, Message, unpack
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
)

RELAY_EVENTS = 5_000
RELAY_BYTES = 16 * 1024 * 1024
"""What one batch of the relay takes at most, beside the row that reaches it: this bounds its memory."""
POLL_SECONDS = 0.5
UNTOLD_SECONDS = 3.0
"""How long what wakes nobody may wait (`common.store.trail`): what gathers meanwhile costs little more than one of it."""
GATHER_SECONDS = 0.005
"""After a batch: what is committed meanwhile leaves together."""
RELAY_LOCK = 4_205_501
GONE_WITHIN_30_SECONDS = {"tcp_keepalives_idle": "15", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
"""PostgreSQL looks whether a silent relay is still there: a machine that vanished would else keep its turn for hours."""


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
    by_topic: dict[str, list[Message]] = defaultdict(list)
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

    def __init__(self, database: Database, bootstrap: str) -> None:
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
                await asyncio.sleep(GATHER_SECONDS)
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), UNTOLD_SECONDS if mine else POLL_SECONDS)

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
        with suppress(Exception):  # every record was acknowledged or will be sent again: how it closes decides nothing
            await asyncio.wait_for(kafka.stop(), 5)
