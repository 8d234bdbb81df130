"""What the tests of delivery share. The business here is as small as can be: `effects` counts what each event did."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Event, Reader, Received, Topic
from common.ids import new_id
from common.messages import dead_letters
from common.messages.consumer import Consumer
from common.messages.inbox import Inbox, Subscription
from common.messages.relay import Floor, relay_once
from common.store.database import Database
from common.store.outbox import emit
from contracts import PUBLISHED
from contracts.events.training import TrainingRevoked
from jejak_local.kafka import KafkaServer

WANTED = (TrainingRevoked,)


def revoked(year: int, person: UUID | None = None, reason: str = "test") -> TrainingRevoked:
    return TrainingRevoked(
        record_id=new_id(), person_id=person or new_id(), agency_id=new_id(), year=year, reason=reason
    )


async def emitted(database: Database, events: Sequence[Event]) -> list[UUID]:
    async with database.transaction() as session:
        ids = [new_id() for _ in events]
        for event, event_id in zip(events, ids, strict=True):
            emit(session, event, sequence=1, event_id=event_id)
        return ids


async def apply(session: AsyncSession, batch: Sequence[Received]) -> None:
    """The handler: an effect an event; year 666 is an event no code of ours can apply."""
    assert all(received.event.year != 666 for received in batch), "poison"
    await session.execute(
        text(
            "INSERT INTO effects (event_id, person_id, year)"
            " SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:people AS uuid[]), CAST(:years AS int[]))"
        ),
        {
            "ids": [received.id for received in batch],
            "people": [received.event.person_id for received in batch],
            "years": [received.event.year for received in batch],
        },
    )


class Held:
    """The handler, which stands still in its first batch until it may leave."""

    def __init__(self) -> None:
        self.entered, self.leave = asyncio.Event(), asyncio.Event()

    async def __call__(self, session: AsyncSession, batch: Sequence[Received]) -> None:
        self.entered.set()
        await self.leave.wait()
        await apply(session, batch)


def consumer(database: Database, kafka: KafkaServer, topic: Topic, handler=apply, instance: str = "one") -> Consumer:
    subscription = Subscription(f"kit.{topic.name}", topic, WANTED, handler)
    return Consumer(Inbox(database, subscription, Reader(WANTED, PUBLISHED)), kafka.bootstrap, instance)


async def effects(database: Database) -> list[tuple[UUID, int]]:
    async with database.engine.connect() as connection:
        rows = await connection.execute(text("SELECT event_id, year FROM effects ORDER BY at"))
        return [(row.event_id, row.year) for row in rows]


async def outbox_depth(database: Database) -> int:
    async with database.engine.connect() as connection:
        return int(await connection.scalar(text("SELECT coalesce(sum(count), 0) FROM outbox")) or 0)


async def arrived(kafka: KafkaServer, topic: str) -> list[tuple[str | None, dict[str, str], bytes | None]]:
    """Every record of a topic as (key, headers, value), each partition in its order."""
    reader = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
    await reader.start()
    found = []
    try:
        parts = await dead_letters.partitions(kafka.bootstrap, topic)
        reader.assign(parts)
        ends = await reader.end_offsets(parts)
        await reader.seek_to_beginning(*parts)
        while [part for part in parts if await reader.position(part) < ends[part]]:
            for records in (await reader.getmany(timeout_ms=200)).values():
                found += [
                    (r.key and r.key.decode(), {k: v.decode(errors="replace") for k, v in r.headers}, r.value)
                    for r in records
                ]
    finally:
        await reader.stop()
    return found


class Killed(BaseException):
    """Ends a role where a SIGKILL would: nothing of ours handles it."""


async def relayed(database: Database, kafka: AIOKafkaProducer) -> int:
    connection = await asyncpg.connect(database.dsn)
    try:
        return await relay_once(connection, kafka, Floor())
    finally:
        await connection.close()


async def count(database: Database, wanted: int) -> bool:
    return len(await effects(database)) >= wanted


async def has(thing, name: str) -> bool:
    return getattr(thing, name)
