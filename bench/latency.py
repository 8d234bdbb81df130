"""B2: trainings sent one by one at a steady rate, from the moment each was due until credit has committed its assessment."""

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from bench.figures import Figure, percentile
from bench.world import BARE_TOPIC, World, parts, training

HALF, NEARLY_ALL = 0.5, 0.99
OVER_FLOOR = {HALF: 15, NEARLY_ALL: 60}
"""By share of the singles: milliseconds allowed beyond what Kafka alone takes, at the highest rate."""
CPU_MS = 6
"""Milliseconds of CPU that a single may take at the highest rate."""
BESIDE_BULK = 25
"""Singles a second while an upload runs."""
BESIDE_BULK_MS = 250
EVENT_BYTES = 600


class Latencies(NamedTuple):
    """For each single of a round, the seconds until it was answered and until it was assessed."""

    answered: list[float]
    assessed: list[float]


async def latency(world: World, rates: Sequence[int], seconds: int, rounds: int) -> list[Figure]:
    """B2: singles with nothing else at work, then while an upload runs."""
    return [*await idle(world, rates, seconds, rounds), *await beside_bulk(world, seconds, rounds)]


async def idle(world: World, rates: Sequence[int], seconds: int, rounds: int) -> list[Figure]:
    """Singles at each rate with nothing else at work; beside it the time that bare events take through Kafka at that rate."""
    figures: list[Figure] = []
    for rate in rates:
        floors: list[list[float]] = []
        found: list[Latencies] = []
        cpu: list[float] = []
        for _ in range(rounds):
            floors.append(await floor(world.stack.kafka.bootstrap, rate, min(seconds, 10)))
            before = world.cpu()
            found.append(await singles(world, rate, seconds, world.source("singles")))
            cpu.append((world.cpu() - before) * 1000 / (rate * seconds))
        at = f"at {rate}/s"
        most = CPU_MS if rate == max(rates) else None
        figures.append(Figure(f"{at}, CPU of services, PostgreSQL and Kafka", "ms each", cpu, at_most=most))
        for share, words in ((HALF, "p50"), (NEARLY_ALL, "p99")):
            bare = [_ms(floor, share) for floor in floors]
            whole = [_ms(each.assessed, share) for each in found]
            figures += [
                Figure(f"{at}, floor: bare produce to consume, {words}", "ms", bare),
                Figure(f"{at}, answered, {words}", "ms", [_ms(each.answered, share) for each in found]),
                Figure(f"{at}, assessed, {words}", "ms", whole),
                Figure(
                    f"{at}, assessed over the floor, {words}",
                    "ms",
                    [mine - least for mine, least in zip(whole, bare, strict=True)],
                    at_most=OVER_FLOOR[share] if rate == max(rates) else None,
                ),
            ]
    return figures


async def beside_bulk(world: World, seconds: int, rounds: int) -> list[Figure]:
    """A few singles a second while an upload runs, which ends after the last of them."""
    found: list[Latencies] = []
    uploaded: list[float] = []
    for _ in range(rounds):
        over = asyncio.Event()
        upload = asyncio.create_task(_upload_until(world, over, world.source("beside")))
        await asyncio.sleep(1)  # until the upload is in full swing
        found.append(await singles(world, BESIDE_BULK, seconds, world.source("beside-singles")))
        over.set()
        uploaded.append(await upload)
    at = f"at {BESIDE_BULK}/s while an upload runs"
    return [
        Figure(f"{at}, answered, p50", "ms", [_ms(each.answered, HALF) for each in found]),
        Figure(f"{at}, answered, p99", "ms", [_ms(each.answered, NEARLY_ALL) for each in found]),
        Figure(f"{at}, assessed, p50", "ms", [_ms(each.assessed, HALF) for each in found]),
        Figure(
            f"{at}, assessed, p99", "ms", [_ms(each.assessed, NEARLY_ALL) for each in found], at_most=BESIDE_BULK_MS
        ),
        Figure(f"{at}: lines of the upload answered", "/s", uploaded),
    ]  # fmt: skip


async def _upload_until(world: World, over: asyncio.Event, source: str) -> float:
    """Uploads trainings until told that it is over. Returns the lines stored a second.

    They are of every second person, the singles of the others: among millions they would hardly ever meet.
    """

    def lines() -> Iterator[dict[str, Any]]:
        for number in itertools.count():
            if over.is_set():
                return
            yield training(number, world.person(2 * number), source=source)

    began, stored = time.perf_counter(), 0
    async for answer in world.upload("training", "trainings:batch", parts(lines())):
        assert '"stored"' in answer, "the upload was not stored whole"
        stored += 1
    return stored / (time.perf_counter() - began)


async def singles(world: World, rate: int, seconds: int, source: str) -> Latencies:
    """Sends trainings one by one, each when it is due, whether or not the ones before are answered.

    Each is looked for in credit's tables until it is assessed.
    """
    due: dict[UUID, float] = {}
    found = Latencies([], [])
    headers = await world.headers()
    url = f"{world.stack.url('training')}/v1/trainings"
    sending = True

    async def one(index: int, moment: float) -> None:
        answer = await world.http.post(
            url, json=training(index, world.person(2 * index + 1), source=source), headers=headers
        )
        answer.raise_for_status()
        found.answered.append(time.perf_counter() - moment)
        due[UUID(answer.json()["id"])] = moment

    async def watch() -> None:
        while sending or due:
            if waiting := list(due):
                rows = await world.credit.fetch(
                    "SELECT record_id FROM evidence WHERE record_id = ANY($1::uuid[])", waiting
                )
                now = time.perf_counter()
                found.assessed.extend(now - due.pop(row["record_id"]) for row in rows)
            await asyncio.sleep(0.005)

    watching = asyncio.create_task(watch())
    tasks: list[asyncio.Task[None]] = []
    began = time.perf_counter()
    for index in range(rate * seconds):
        moment = began + index / rate
        await asyncio.sleep(max(moment - time.perf_counter(), 0))
        tasks.append(asyncio.create_task(one(index, moment)))
    await asyncio.gather(*tasks)
    sending = False
    await watching
    return found


async def floor(bootstrap: str, rate: int, seconds: int) -> list[float]:
    """For each of the events sent at this rate, the seconds from produce to consume; nothing of ours is around Kafka."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, fetch_max_wait_ms=100)
    await producer.start()
    await consumer.start()
    part = TopicPartition(BARE_TOPIC, 0)
    consumer.assign([part])
    await consumer.seek_to_end(part)
    took: list[float] = []

    async def read() -> None:
        while len(took) < rate * seconds:
            for records in (await consumer.getmany(timeout_ms=100)).values():
                now = time.perf_counter()
                took.extend(now - float((record.value or b"").split()[0]) for record in records)

    reading = asyncio.create_task(read())
    began = time.perf_counter()
    for index in range(rate * seconds):
        moment = began + index / rate
        await asyncio.sleep(max(moment - time.perf_counter(), 0))
        value = repr(time.perf_counter()).ljust(EVENT_BYTES).encode()
        await producer.send(BARE_TOPIC, value, partition=0)
    await reading
    await producer.stop()
    await consumer.stop()
    return took


def _ms(values: Sequence[float], share: float) -> float:
    return percentile(values, share) * 1000
