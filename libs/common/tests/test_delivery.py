"""The inbox on real PostgreSQL and real Kafka: each event has its effect once, in order, and poison takes nothing with it."""

import asyncio
import json
from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received, Topic
from common.ids import new_id
from common.messages import dead_letters
from common.messages.kafka import producer
from common.store.database import Database, counted_statements
from common.store.outbox import PACK
from contracts.events.training import TrainingRevoked
from jejak_local.harness import Running, until
from jejak_local.kafka import KafkaServer
from libs.common.tests.delivery import (
    Held,
    apply,
    arrived,
    consumer,
    count,
    effects,
    emitted,
    has,
    relayed,
    revoked,
)


async def test_the_same_event_twice_in_one_batch_has_one_effect(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    await emitted(database, [revoked(2026)])
    await relayed(database, kafka_producer)
    [(key, headers, value)] = await arrived(kafka, topic.name)
    raw = [(name, text.encode()) for name, text in headers.items()]
    for _ in range(4):
        await kafka_producer.send_and_wait(topic.name, value, key=key.encode(), headers=raw)
    await kafka_producer.send_and_wait(topic.name, value, key=b"elsewhere", headers=raw)
    async with Running(reader := consumer(database, kafka, topic)):
        await until(lambda: has(reader, "ready"))
    assert len(await effects(database)) == 1


async def test_worker_killed_between_effect_and_offset_commit_has_one_effect(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    ids = await emitted(database, [revoked(2026) for _ in range(50)])
    await relayed(database, kafka_producer)
    first = consumer(database, kafka, topic)
    task = asyncio.create_task(first.run())
    process = first.inbox.process

    async def process_then_die(records):
        await process(records)
        raise asyncio.CancelledError  # the effect is committed, the offset is not

    first.inbox.process = process_then_die
    await asyncio.gather(task, return_exceptions=True)
    done = len(await effects(database))
    assert done > 0
    async with Running(consumer(database, kafka, topic)):
        await until(lambda: count(database, 50))
    assert sorted(event_id for event_id, _ in await effects(database)) == sorted(ids)


async def test_one_poison_among_500_is_buried_and_499_have_their_effect_and_a_replay_works(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    await emitted(database, [revoked(666 if number == 321 else 2026) for number in range(500)])
    await relayed(database, kafka_producer)
    async with Running(reader := consumer(database, kafka, topic)):
        await until(lambda: count(database, 499))
        await until(lambda: has(reader, "ready"))
    assert len(await effects(database)) == 499
    [(_, headers, _)] = await arrived(kafka, topic.dead_letters)
    assert headers["dlq-error"] == "AssertionError"
    assert headers["dlq-origin"].startswith(f"{topic.name}/")

    async def mended(session: AsyncSession, batch: Sequence[Received]) -> None:
        await apply(session, [received for received in batch if received.event.year != 666])
        for received in batch:
            if received.event.year == 666:
                await session.execute(text("INSERT INTO effects VALUES (:id)"), {"id": received.id})

    assert await dead_letters.replay(kafka.bootstrap, topic.name) == (1, [])
    assert await dead_letters.replay(kafka.bootstrap, topic.name) == (0, [])
    async with Running(consumer(database, kafka, topic, mended)):
        await until(lambda: count(database, 500))
    [buried] = await dead_letters.listed(kafka.bootstrap, topic.name)
    assert buried["dlq-error"] == "AssertionError"


@pytest.mark.parametrize(
    ("headers", "value", "reason"),
    [
        ([("ce_type", b"id.go.asn.Nobody.v9")], b"{}", "unknown event type"),
        ([], b"{}", "no ce_type header"),
        ([("ce_type", TrainingRevoked.type.encode())], b"{}", "no ce_id header"),
        ([("ce_type", b"\xff\xfe")], b"{}", "a header is not UTF-8"),
        ([("ce_type", TrainingRevoked.type.encode())], None, "empty payload"),
        ([("ce_type", TrainingRevoked.type.encode())], b"x" * 1_100_000, "payload of 1100000 bytes, more than 1000000"),
    ],
    ids=["unknown type", "no type", "no id", "header not utf-8", "tombstone", "1.1 MB"],
)
async def test_what_cannot_be_read_is_buried_with_its_reason_and_nothing_else_is_lost(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer, headers, value, reason
) -> None:
    large = producer(kafka.bootstrap, max_request_size=4_000_000)
    await large.start()
    await emitted(database, [revoked(2025)])
    await relayed(database, kafka_producer)
    await large.send_and_wait(topic.name, value, key=b"somebody", headers=headers)
    await large.stop()
    await emitted(database, [revoked(2026)])
    await relayed(database, kafka_producer)
    async with Running(reader := consumer(database, kafka, topic)):
        await until(lambda: has(reader, "ready"))
    assert sorted(year for _, year in await effects(database)) == [2025, 2026]
    [(key, found, body)] = await arrived(kafka, topic.dead_letters)
    assert (key, found["dlq-error"], body) == ("somebody", reason, value)


async def test_a_broken_body_is_named_by_field_and_never_quoted(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    await emitted(database, [revoked(2026)])
    await relayed(database, kafka_producer)
    [(key, headers, value)] = await arrived(kafka, topic.name)
    broken = json.loads(value) | {"year": "199001012015051001x"}
    raw = [(name, text.encode()) for name, text in (headers | {"ce_id": str(new_id())}).items()]
    await kafka_producer.send_and_wait(topic.name, json.dumps(broken).encode(), key=key.encode(), headers=raw)
    async with Running(reader := consumer(database, kafka, topic)):
        await until(lambda: has(reader, "ready"))
    [(_, found, _)] = await arrived(kafka, topic.dead_letters)
    assert "year: int_parsing" in found["dlq-error"]
    assert "19900101" not in found["dlq-error"]


async def test_a_consumer_that_only_buries_stops_itself(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    """A bad deploy must not bury a whole topic: after a hundred in a row it halts and is not ready."""
    await emitted(database, [revoked(666) for _ in range(400)])
    await relayed(database, kafka_producer)
    async with Running(reader := consumer(database, kafka, topic)):
        await until(lambda: has(reader, "halted"))
        assert not reader.ready
    assert len(await arrived(kafka, topic.dead_letters)) == 100


async def test_rebalance_inside_a_batch_has_one_effect_per_event_in_order_per_person(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    """A second member joins while the first is inside its batch, so its partitions move under it."""
    people = [new_id() for _ in range(20)]
    slow = Held()
    for year in range(1, 51):
        await emitted(database, [revoked(year, person) for person in people])
    while await relayed(database, kafka_producer):
        pass
    first, second = consumer(database, kafka, topic, slow, "one"), consumer(database, kafka, topic, apply, "two")
    async with Running(first):
        await slow.entered.wait()
        async with Running(second):
            await until(lambda: _in_rebalance(kafka, first.inbox.subscription.name))
            slow.leave.set()
            await until(lambda: count(database, 1000))
    async with database.engine.connect() as connection:
        rows = (
            await connection.execute(
                text("SELECT person_id, array_agg(year ORDER BY at) AS years FROM effects GROUP BY 1")
            )
        ).all()
    assert {row.person_id for row in rows} == set(people)
    assert all(row.years == list(range(1, 51)) for row in rows)
    assert await arrived(kafka, topic.dead_letters) == []


async def _in_rebalance(kafka: KafkaServer, group: str) -> bool:
    """Whether a member has asked to join and the group has not settled since."""
    from aiokafka.admin import AIOKafkaAdminClient

    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        [response] = await admin.describe_consumer_groups([group])
        [(_, _, state, *_)] = response.groups
        return state != "Stable"
    finally:
        await admin.close()


async def test_a_new_reader_is_not_ready_before_the_end_it_saw_at_its_start(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    await emitted(database, [revoked(2026) for _ in range(30)])
    await relayed(database, kafka_producer)
    hold_back = asyncio.Event()

    async def waiting(session: AsyncSession, batch: Sequence[Received]) -> None:
        await hold_back.wait()
        await apply(session, batch)

    reader = consumer(database, kafka, topic, waiting)
    async with Running(reader):
        await until(lambda: _inbox_waits(database))
        assert not reader.ready
        hold_back.set()
        await until(lambda: has(reader, "ready"))
    assert len(await effects(database)) == 30


async def _inbox_waits(database: Database) -> bool:
    """Whether a handler is inside its transaction now."""
    async with database.engine.connect() as connection:
        return bool(
            await connection.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"
                )
            )
        )


async def test_poison_spread_over_a_batch_of_good_events_does_not_stop_the_consumer(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    """A hundred in a row means a hundred with nothing good between them, in the order of the topic."""
    await emitted(database, [revoked(2026)])
    await relayed(database, kafka_producer)
    [(_, headers, value)] = await arrived(kafka, topic.name)
    for number in range(1_200):
        good = number % 10
        raw = [(name, text.encode()) for name, text in (headers | {"ce_id": str(new_id())}).items()]
        await kafka_producer.send(topic.name, value if good else b"{}", headers=raw, partition=0)
    await kafka_producer.flush()
    async with Running(reader := consumer(database, kafka, topic)):
        await until(lambda: _either(reader, "ready", "halted"))
        assert not reader.halted
    assert len(await effects(database)) == 1 + 1_080
    assert len(await arrived(kafka, topic.dead_letters)) == 120


async def _either(thing, *names: str) -> bool:
    return any(getattr(thing, name) for name in names)


async def test_a_batch_of_a_consumer_takes_the_same_statements_whatever_its_size(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    inbox = consumer(database, kafka, topic).inbox
    counts = []
    for number in (1, 2 * PACK + 1):
        await emitted(database, [revoked(2026) for _ in range(number)])
        await relayed(database, kafka_producer)
        records = [
            SimpleNamespace(
                topic=topic.name, headers=[(name, word.encode()) for name, word in headers.items()], value=value
            )
            for _, headers, value in await arrived(kafka, topic.name)
        ]
        with counted_statements(database) as statements:
            await inbox.process(records)
        counts.append(len(statements))
    assert counts == [2, 2]  # first seen, and the handler's own
