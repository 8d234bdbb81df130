"""B6: how long it takes to read a topic again into an empty database, and to recover when everything is killed at once."""

import asyncio
import contextlib
import os
import time

import asyncpg
import httpx2
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError

from bench import laying
from bench.bulk import GROUP, send
from bench.figures import Figure
from bench.limits import reading
from bench.memory import started_alone
from bench.world import World, parts, training

TOPIC = "training.record.v1"
PARTITIONS = 12
LEAST_SHARE = 0.3
MOST = 1.3
"""How many times as long as the CPU of all starts, shared by the cores, it may take to catch up."""


async def recovery(world: World, records: int, replayed: int, rounds: int) -> list[Figure]:
    """B6: first the replay, which counts events: later some stand there twice, sent again by relays that were killed."""
    return [*await replay(world, replayed, rounds), *await killed(world, records, rounds)]


async def replay(world: World, laid: int, rounds: int) -> list[Figure]:
    """Events a second from the first batch to the last, by one worker of credit with nobody else at work.

    All that the topic holds is read again: what was laid for this, and what was sent before.
    """
    worker = world.stack.process("credit", "worker")
    await worker.stop()
    await laying.events(world, laid - await world.sent(TOPIC))
    while await world.training.fetchval("SELECT EXISTS (SELECT FROM outbox)"):
        await asyncio.sleep(0.2)
    events = await world.sent(TOPIC)
    rates: list[float] = []
    limits: list[float] = []
    for _ in range(rounds):
        limits.append(
            await reading(world.stack.databases["credit"].owner.dsn, world.stack.kafka.bootstrap, TOPIC, events)
        )
        await world.credit.execute("TRUNCATE evidence")
        await world.credit.execute(f"DELETE FROM inbox WHERE consumer = '{GROUP}'")
        await world.credit.execute("VACUUM inbox")
        await _rewind(world)
        worker.launch()
        first, began = 0, time.perf_counter()
        while (done := await world.consumed(GROUP)) < events:
            if done and not first:
                first, began = done, time.perf_counter()
            await asyncio.sleep(0.05)
        rates.append((events - first) / (time.perf_counter() - began))
        assert await _count(world.credit, "evidence") == events, "an event had no effect"
        await worker.stop()
    await worker.start()
    shares = [rate / limit for rate, limit in zip(rates, limits, strict=True)]
    return [
        Figure("replay's raw limit: consume and COPY side by side", "/s", limits),
        Figure("events replayed into an empty credit", "/s", rates),
        Figure("replay's share of the limit", "", shares, at_least=LEAST_SHARE),
    ]


async def _rewind(world: World) -> None:
    """Sets the group's offsets to the beginning. Kafka refuses for the seconds in which the group waits for its last member."""
    consumer = AIOKafkaConsumer(bootstrap_servers=world.stack.kafka.bootstrap, group_id=GROUP, enable_auto_commit=False)
    await consumer.start()
    parts = [TopicPartition(TOPIC, number) for number in range(PARTITIONS)]
    consumer.assign(parts)
    while await world.consumed(GROUP):
        with contextlib.suppress(CommitFailedError):
            await consumer.commit(dict.fromkeys(parts, 0))
        await asyncio.sleep(0.5)
    await consumer.stop()


async def killed(world: World, records: int, rounds: int) -> list[Figure]:
    """Seconds from SIGKILL of every process of the services until all are ready, and until credit has caught up."""
    least = sum(start.cpu for start in (await started_alone(world)).values()) / (os.cpu_count() or 1)
    ready: list[float] = []
    caught_up: list[float] = []
    replayed = -await _missing(world)
    for _ in range(rounds):
        source = world.source("killed")
        body = list(parts(training(n, world.person(n), source=source) for n in range(records)))
        stored = await _count(world.training, "records")
        upload = asyncio.create_task(send(world, body))
        while await _count(world.training, "records") < stored + records // 2:
            await asyncio.sleep(0.02)
        processes = world.stack.processes.values()
        began = time.perf_counter()
        for process in processes:
            process.kill()
        for process in processes:
            process.launch()
        with contextlib.suppress(httpx2.HTTPError):
            await upload
        await asyncio.gather(*(process.ready() for process in processes))
        ready.append(time.perf_counter() - began)
        while await _missing(world) > -replayed:
            await asyncio.sleep(0.05)
        caught_up.append(time.perf_counter() - began)
        answers = [line async for line in world.upload("training", "trainings:batch", body)]
        assert all('"stored"' in line or '"duplicate"' in line for line in answers), "a line was refused"
        while await _missing(world) > -replayed:
            await asyncio.sleep(0.05)
        while await world.consumed(GROUP) < await world.sent(TOPIC):
            await asyncio.sleep(0.05)
        assert await _count(world.training, "records") == stored + records, "a record is stored twice"
    return [
        Figure("everything killed: until all are ready", "s", ready),
        Figure("everything killed: until credit has caught up", "s", caught_up),
        Figure("CPU of all starts, shared by the cores", "s", [least]),
        Figure(
            "until credit has caught up, beside that", "x", [seconds / least for seconds in caught_up], at_most=MOST
        ),
    ]


async def _missing(world: World) -> int:
    """Records that are not assessed yet, less the events that were laid without a record."""
    stored = await _count(world.training, "records")
    return stored - await _count(world.credit, "evidence")


async def _count(connection: asyncpg.Connection, table: str) -> int:
    return (await connection.fetchval(f"SELECT count(*) FROM {table}")) or 0
