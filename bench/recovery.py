"""B6: a topic read again from its beginning into an empty database, and everything killed in the middle of an upload."""

import asyncio
import contextlib
import time

import asyncpg
import httpx2
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError

from bench.bulk import GROUP, send
from bench.figures import Figure
from bench.limits import reading
from bench.world import World, parts, training

TOPIC = "training.record.v1"
PARTITIONS = 12


async def replay(world: World, events: int, rounds: int) -> list[Figure]:
    """Events a second from the first batch to the last, by one worker of credit with nobody else at work."""
    worker = world.stack.process("credit", "worker")
    await worker.stop()
    lines = (training(index, world.person(index), source="replayed") for index in range(events))
    stored = sum(
        [1 async for answer in world.upload("training", "trainings:batch", parts(lines)) if '"stored"' in answer]
    )
    assert stored == events, "the upload was not stored whole"
    while await world.sent(TOPIC) < events:
        await asyncio.sleep(0.2)
    rates: list[float] = []
    limits: list[float] = []
    for _ in range(rounds):
        limits.append(await reading(world.stack.databases["credit"].dsn, world.stack.kafka.bootstrap, TOPIC, events))
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
    return [
        Figure("B6", "raw limit: consume and COPY side by side", "/s", limits),
        Figure("B6", f"{events:,} events replayed into an empty credit", "/s", rates, at_least=40_000),
        Figure("B6", "share of the limit", "", [rate / limit for rate, limit in zip(rates, limits, strict=True)]),
    ]


async def _rewind(world: World) -> None:
    """Sets the group's offsets to the beginning; the group waits some seconds for its last member and says no until then."""
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
    ready: list[float] = []
    caught_up: list[float] = []
    for number in range(rounds):
        body = list(parts(training(n, world.person(n), source=f"killed-{number}") for n in range(records)))
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
        while await _missing(world):
            await asyncio.sleep(0.05)
        caught_up.append(time.perf_counter() - began)
        answers = [line async for line in world.upload("training", "trainings:batch", body)]
        assert all('"stored"' in line or '"duplicate"' in line for line in answers), "a line was refused"
        while await _missing(world):
            await asyncio.sleep(0.05)
        assert await _count(world.training, "records") == stored + records, "a record is stored twice"
    return [
        Figure("B6", "everything killed: until all are ready", "s", ready),
        Figure("B6", "everything killed: until credit has caught up", "s", caught_up, at_most=5),
    ]


async def _missing(world: World) -> int:
    """Records that are not assessed yet."""
    stored = await _count(world.training, "records")
    return stored - await _count(world.credit, "evidence")


async def _count(connection: asyncpg.Connection, table: str) -> int:
    return (await connection.fetchval(f"SELECT count(*) FROM {table}")) or 0
