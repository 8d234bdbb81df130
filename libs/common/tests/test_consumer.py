"""The FastStream subscriber on real Kafka: each way in which FastStream by itself loses records, and that ours does not.

ADR 0015 has the same list.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import count as count_up
from types import SimpleNamespace
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from faststream.kafka.subscriber import usecase
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received, Topic
from common.ids import new_id
from common.messages import consumer as consumers
from common.messages.consumer import Consumer
from common.store.database import Database
from jejak_local.harness import Running, until
from jejak_local.kafka import KafkaServer
from libs.common.tests.delivery import (
    Held,
    Killed,
    apply,
    consumer,
    count,
    effects,
    emitted,
    has,
    relayed,
    revoked,
)


async def sent(database: Database, kafka_producer: AIOKafkaProducer, number: int) -> list[UUID]:
    ids = await emitted(database, [revoked(2026) for _ in range(number)])
    await relayed(database, kafka_producer)
    return ids


async def committed(kafka: KafkaServer, topic: Topic) -> dict[int, int]:
    """What the group has committed of each partition; the partitions of which it has committed nothing are not in it."""
    reader = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, group_id=f"kit.{topic.name}", enable_auto_commit=False)
    await reader.start()
    try:
        offsets = [await reader.committed(TopicPartition(topic.name, number)) for number in range(topic.partitions)]
    finally:
        await reader.stop()
    return {number: offset for number, offset in enumerate(offsets) if offset is not None}


async def ends(kafka: KafkaServer, topic: Topic) -> dict[int, int]:
    """The end of each partition that has records."""
    reader = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap)
    await reader.start()
    try:
        found = await reader.end_offsets([TopicPartition(topic.name, number) for number in range(topic.partitions)])
    finally:
        await reader.stop()
    return {part.partition: end for part, end in found.items() if end}


# --- what is handed to us


async def test_records_reach_the_inbox_as_kafka_has_them(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    """FastStream's parser decodes the headers of a whole batch first: one that is no text loses all others with it."""
    headers = [[("x", value)] for value in (b"1", b"\xff\xfe", None, b"", b"2")]
    for each in headers:
        await kafka_producer.send_and_wait(topic.name, b"\xff", key=b"key", partition=0, headers=each)
    got = []

    async def keep(records) -> None:
        got.extend((record.key, record.value, [*record.headers]) for record in records)

    reader = consumer(database, kafka, topic)
    reader.inbox.process = keep
    async with Running(reader):
        await until(lambda: has(reader, "ready"))
    assert got == [(b"key", b"\xff", each) for each in headers]


async def test_an_empty_poll_is_followed_by_the_next_at_once(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer, monkeypatch
) -> None:
    """FastStream sleeps as long again as the poll has waited, and whatever comes meanwhile waits for that."""
    slept, polls = [], []
    monkeypatch.setattr(usecase, "anyio", SimpleNamespace(sleep=slept.append))
    monkeypatch.setattr(consumers, "POLL_MS", 1)
    take = consumers.take

    async def counted(*arguments, **options):
        polls.append(found := await take(*arguments, **options))
        return found

    monkeypatch.setattr(consumers, "take", counted)

    async def polled_in_vain() -> bool:
        return polls.count({}) > 2

    async with Running(reader := consumer(database, kafka, topic)):
        await until(polled_in_vain)
        await sent(database, kafka_producer, 1)
        await until(lambda: count(database, 1))
        await until(lambda: has(reader, "ready"))
    assert slept == []


async def test_a_reader_of_an_empty_topic_is_ready_before_its_first_poll(
    database: Database, kafka: KafkaServer, topic: Topic, monkeypatch
) -> None:
    polling, go_on = asyncio.Event(), asyncio.Event()

    async def first_poll(*_arguments, **_options):
        polling.set()
        await go_on.wait()
        return {}

    monkeypatch.setattr(consumers, "take", first_poll)
    reader = consumer(database, kafka, topic)
    async with Running(reader):
        await polling.wait()
        assert reader.ready
        go_on.set()


# --- what is committed


async def test_offsets_are_committed_of_what_was_processed_and_of_nothing_else(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    """FastStream's `ack` commits the position of every partition, whatever was handed out of it."""
    await sent(database, kafka_producer, 1)
    before = await ends(kafka, topic)
    async with Running(reader := consumer(database, kafka, topic)):
        await until(lambda: has(reader, "ready"))
    assert await committed(kafka, topic) == before
    assert len(before) == 1


async def test_offsets_are_committed_while_nothing_more_comes(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    """The last of a burst may come too soon after a commit for one of its own."""

    async def all_committed() -> bool:
        return await committed(kafka, topic) == await ends(kafka, topic)

    async with Running(consumer(database, kafka, topic)):
        for number in (1, 2, 3):
            await sent(database, kafka_producer, 1)
            await until(partial(count, database, number))
        await until(all_committed)


async def test_offsets_wait_for_their_time_or_for_the_stop(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer, monkeypatch
) -> None:
    monkeypatch.setattr(consumers, "COMMIT_MS", 3_600_000)
    async with Running(consumer(database, kafka, topic)):
        await sent(database, kafka_producer, 1)
        await until(partial(count, database, 1))
        await until(partial(commits, kafka, topic))
        first = await committed(kafka, topic)
        await sent(database, kafka_producer, 20)
        await until(partial(count, database, 21))
        assert await committed(kafka, topic) == first
    assert await committed(kafka, topic) == await ends(kafka, topic)


async def commits(kafka: KafkaServer, topic: Topic) -> bool:
    return await committed(kafka, topic) != {}


async def test_a_commit_that_comes_too_late_for_its_partitions_is_no_fault(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    """The coordinator has given the partitions to somebody else while the batch was worked on."""
    ids = await sent(database, kafka_producer, 40)
    slow = Held()
    first, second = consumer(database, kafka, topic, slow, "one"), consumer(database, kafka, topic, apply, "two")
    async with Running(first):
        await slow.entered.wait()
        same = first._subscriber.consumer
        async with Running(second):
            await until(lambda: has(second, "assigned"))
            slow.leave.set()
            await until(lambda: no_lag(first, second))
            assert first._subscriber.consumer is same, "it went on, and did not start over"
    assert sorted(event_id for event_id, _ in await effects(database)) == sorted(ids)


async def no_lag(*readers: Consumer) -> bool:
    return all(reader.lag == 0 for reader in readers)


# --- what ends it


@pytest.mark.parametrize("fault", [Killed, SystemExit, asyncio.CancelledError], ids=lambda fault: fault.__name__)
async def test_whatever_a_handler_raises_ends_the_run_and_nothing_is_committed(
    database: Database,
    kafka: KafkaServer,
    topic: Topic,
    kafka_producer: AIOKafkaProducer,
    monkeypatch,
    fault: type[BaseException],
) -> None:
    """FastStream drops the batch and goes on, or stops itself and keeps its partitions, or stands still unseen."""
    person = new_id()
    ids = await emitted(database, [revoked(2026, person) for _ in range(20)])
    await relayed(database, kafka_producer)
    monkeypatch.setattr(consumers, "BATCH", 5)
    batches = count_up()

    async def fails_once(session: AsyncSession, batch: Sequence[Received]) -> None:
        await apply(session, batch)
        if next(batches) == 0:
            raise fault

    first = consumer(database, kafka, topic, fails_once)
    with pytest.raises(RuntimeError if fault is asyncio.CancelledError else fault):
        await first.run()
    assert not first.ready
    assert await effects(database) == [], "nor is the next batch begun, whose commit would pass over this one"
    assert await committed(kafka, topic) == {}
    async with Running(consumer(database, kafka, topic)):
        await until(lambda: count(database, 20))
    assert [event_id for event_id, _ in await effects(database)] == ids


async def test_whatever_a_poll_raises_ends_the_run_and_nothing_is_handled_or_committed(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer, monkeypatch
) -> None:
    """FastStream polls again at once, and the next commit passes over what the failed poll had handed out."""
    ids = await sent(database, kafka_producer, 40)
    take = consumers.take

    async def fails_with_records_in_hand(*arguments, **options):
        if await take(*arguments, **options):
            raise ZeroDivisionError
        return {}

    with monkeypatch.context() as patch:
        patch.setattr(consumers, "take", fails_with_records_in_hand)
        with pytest.raises(ZeroDivisionError):
            await consumer(database, kafka, topic).run()
    assert await effects(database) == []
    assert await committed(kafka, topic) == {}
    async with Running(consumer(database, kafka, topic)):
        await until(lambda: count(database, 40))
    assert sorted(event_id for event_id, _ in await effects(database)) == sorted(ids)


async def test_a_consumer_that_failed_leaves_its_partitions_to_the_others(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    """One that stops itself from inside its handler would send heartbeats for ever."""
    await sent(database, kafka_producer, 20)

    async def fails(session: AsyncSession, batch: Sequence[Received]) -> None:
        raise Killed

    with pytest.raises(Killed):
        await consumer(database, kafka, topic, fails, "one").run()
    async with Running(consumer(database, kafka, topic, apply, "two")):
        await until(lambda: count(database, 20))


# --- starting and stopping


@asynccontextmanager
async def away_for_a_while(kafka: KafkaServer) -> AsyncIterator[tuple[str, asyncio.Event, list[int]]]:
    """An address of Kafka that hangs up until the event is set, and what has been tried there."""
    there, tried = asyncio.Event(), []

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            sink.write(data)
        sink.close()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tried.append(1)
        if not there.is_set():
            writer.close()
            return
        to, out = await asyncio.open_connection("127.0.0.1", kafka.port)
        await asyncio.gather(pump(reader, out), pump(to, writer))

    async with await asyncio.start_server(forward, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", there, tried


async def test_a_consumer_waits_for_kafka_and_the_same_one_starts_again(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    """FastStream's broker raises when Kafka is away at its start."""
    ids = await sent(database, kafka_producer, 20)
    async with away_for_a_while(kafka) as (address, there, tried):
        reader = Consumer(consumer(database, kafka, topic).inbox, address, "one")
        reader.bootstrap = kafka.bootstrap  # of the dead letters: it is the broker that finds nobody
        broker = reader.broker

        async def tried_again() -> bool:
            return len(tried) > 1

        async with Running(reader):
            await until(tried_again)
            assert not reader.ready
            there.set()
            await until(lambda: has(reader, "ready"))
            assert reader.broker is broker
    assert sorted(event_id for event_id, _ in await effects(database)) == sorted(ids)


async def test_a_consumer_told_to_stop_ends_the_batch_in_hand_and_commits_it(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer
) -> None:
    await sent(database, kafka_producer, 1)
    slow = Held()
    reader = consumer(database, kafka, topic, slow)
    running = asyncio.create_task(reader.run())
    await slow.entered.wait()
    reader.stop()
    slow.leave.set()
    await running
    assert len(await effects(database)) == 1
    assert await committed(kafka, topic) == await ends(kafka, topic)


async def test_a_batch_that_takes_too_long_for_the_stop_is_left_whole(
    database: Database, kafka: KafkaServer, topic: Topic, kafka_producer: AIOKafkaProducer, monkeypatch
) -> None:
    await sent(database, kafka_producer, 1)
    monkeypatch.setattr(consumers, "STOP_SECONDS", 0.1)
    entered, left = asyncio.Event(), asyncio.Event()

    async def endless(session: AsyncSession, batch: Sequence[Received]) -> None:
        await apply(session, batch)
        entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            left.set()

    reader = consumer(database, kafka, topic, endless)
    running = asyncio.create_task(reader.run())
    await entered.wait()
    reader.stop()
    await running
    assert left.is_set(), "nothing of it runs on behind the stop"
    assert await effects(database) == []
    assert await committed(kafka, topic) == {}


async def test_a_replica_that_is_restarted_has_its_partitions_back_and_the_others_keep_theirs(
    database: Database, kafka: KafkaServer, topic: Topic
) -> None:
    """Static membership and the sticky assignor reach the coordinator through FastStream."""
    first, second = consumer(database, kafka, topic, apply, "one"), consumer(database, kafka, topic, apply, "two")

    async def shared() -> bool:
        parts = [reader._subscriber.consumer and reader._subscriber.consumer.assignment() for reader in (first, second)]
        return all(parts) and sum(map(len, parts)) == topic.partitions

    async with Running(first):
        async with Running(second):
            await until(shared)
            lasting = first._subscriber.consumer
            generation = lasting._coordinator.generation
            before = lasting.assignment(), second._subscriber.consumer.assignment()
        again = consumer(database, kafka, topic, apply, "two")
        async with Running(again):
            await until(lambda: has(again, "assigned"))
            assert (lasting.assignment(), again._subscriber.consumer.assignment()) == before
            assert lasting._coordinator.generation == generation
