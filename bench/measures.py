"""The measures: bulk, latency of singles, sweep, memory."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from statistics import median
from uuid import UUID

import asyncpg
import psutil
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from bench.limits import side_by_side
from bench.world import World, percentile, training
from jejak_local.books import ask

LIMIT_TOPIC = "bench.limit"
FLOOR_TOPIC = "bench.floor"
PLATFORMS = 2
"""Learning platforms that upload at the same time: while one chunk waits for PostgreSQL, the other is read."""


@dataclass(frozen=True)
class Figure:
    """One line of the report; `goal` is what it is held to, in words."""

    name: str
    low: str
    middle: str
    high: str
    goal: str
    met: bool | None = None


async def make_topics(world: World) -> None:
    """Topics that only the raw limits use."""
    admin = AIOKafkaAdminClient(bootstrap_servers=world.stack.kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(LIMIT_TOPIC, 12, 1), NewTopic(FLOOR_TOPIC, 1, 1)])
    await admin.close()
    await asyncio.sleep(2)  # leaders of new topics need a moment before the first send


async def bulk(world: World, records: int, rounds: int) -> list[Figure]:
    """B1: from the first byte of some uploads to the last evidence committed in credit, against the raw limit."""
    rates: list[float] = []
    ratios: list[float] = []
    limits: list[float] = []
    for number in range(rounds):
        limit = await side_by_side(
            world.stack.databases["training"].dsn, world.stack.kafka.bootstrap, LIMIT_TOPIC, records
        )
        before = await ask(world.stack, "credit", "SELECT count(*) FROM evidence")
        began = time.perf_counter()
        uploads = (_lines(world, range(platform, records, PLATFORMS), number) for platform in range(PLATFORMS))
        answers = await asyncio.gather(*(world.upload("training", "trainings:batch", lines) for lines in uploads))
        stored = sum(answer["status"] == "stored" for answer in chain.from_iterable(answers))
        assert stored == records, "an upload was not stored whole"
        while await ask(world.stack, "credit", "SELECT count(*) FROM evidence") < before + records:
            await asyncio.sleep(0.02)
        rates.append(records / (time.perf_counter() - began))
        limits.append(limit)
        ratios.append(rates[-1] / limit)
    return [
        _spread("B1 raw limit, COPY and produce side by side, /s", limits, ""),
        _spread("B1 accepted to assessed, completions/s", rates, ""),
        _spread("B1 ratio", ratios, "at least 0.10", met=median(ratios) >= 0.10, digits=3),
    ]


def _lines(world: World, indexes: Iterable[int], number: int) -> Iterator[str]:
    for index in indexes:
        _, nip = world.people[index % len(world.people)]
        yield json.dumps(training(index, nip, source=f"bulk-{number}"))


async def latency(world: World, rate: int, seconds: int) -> list[Figure]:
    """B2: singles at a steady rate, from the moment each was due until its assessment is committed in credit."""
    floor = await _floor(world.stack.kafka.bootstrap, rate, min(seconds, 10))
    credit = await asyncpg.connect(world.stack.databases["credit"].dsn)
    due: dict[UUID, float] = {}
    answered: list[float] = []
    visible: list[float] = []
    headers = {"authorization": f"Bearer {await world.stack.token('service')}"}
    url = f"{world.stack.url('training')}/v1/trainings"
    sending = True

    async def one(index: int, moment: float) -> None:
        _, nip = world.people[index % len(world.people)]
        answer = await world.http.post(url, json=training(index, nip, source=f"singles-{rate}"), headers=headers)
        answer.raise_for_status()
        answered.append(time.perf_counter() - moment)
        due[UUID(answer.json()["id"])] = moment

    async def watch() -> None:
        while sending or due:
            waiting = list(due)
            if waiting:
                rows = await credit.fetch("SELECT record_id FROM evidence WHERE record_id = ANY($1::uuid[])", waiting)
                now = time.perf_counter()
                visible.extend(now - due.pop(row["record_id"]) for row in rows)
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
    await credit.close()
    over = [(percentile(visible, share) - percentile(floor, share)) * 1000 for share in (0.5, 0.99)]
    return [
        _quantiles("B2 floor: bare produce to consume, ms", floor),
        _quantiles(f"B2 singles at {rate}/s, answered, ms", answered),
        _quantiles(f"B2 singles at {rate}/s, assessed, ms", visible),
        Figure(
            "B2 over the floor p50 / p99, ms",
            f"+{over[0]:.0f}",
            "",
            f"+{over[1]:.0f}",
            "+25 / +100",
            over[0] <= 25 and over[1] <= 100,
        ),
    ]


async def _floor(bootstrap: str, rate: int, seconds: int) -> list[float]:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, fetch_max_wait_ms=100)
    await producer.start()
    await consumer.start()
    part = TopicPartition(FLOOR_TOPIC, 0)
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
        await producer.send(FLOOR_TOPIC, (repr(time.perf_counter()) + " ").ljust(600, "x").encode(), partition=0)
    await reading
    await producer.stop()
    await consumer.stop()
    return took


async def sweep(world: World, people: int, rounds: int) -> list[Figure]:
    """B3: the sweep's own time on a ledger of `people`, against the bare join that only counts them.

    The people are laid straight into training's tables: it is the sweep that is measured, not their intake.
    """
    connection = await asyncpg.connect(world.stack.databases["training"].dsn)
    await connection.execute(LAY_PEOPLE, people)
    await connection.execute(LAY_ASSIGNMENTS)
    await connection.execute(LAY_LEDGER)
    for table in ("people", "assignments", "jp_ledger"):
        await connection.execute(f"VACUUM ANALYZE {table}")
    code, output = await _run(world, "sweep")  # a period can be swept again only after it was swept
    assert code == 0, output
    joins: list[float] = []
    swept: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        await connection.fetchval(BARE_JOIN)
        joins.append(time.perf_counter() - began)
        before = await connection.fetchval("SELECT count(*) FROM sweeps")
        code, output = await _run(world, "sweep", "--again", "2026", "1")
        assert code == 0, output
        assert await connection.fetchval("SELECT count(*) FROM sweeps") > before, output
        swept.append(float(await connection.fetchval(LAST_SWEEP)))
    await connection.close()
    ratio = median(swept) / median(joins)
    return [
        _spread(f"B3 bare count of the join, {people:,} people, s", joins, "", digits=2),
        _spread("B3 sweep: rows, pages and events committed, s", swept, "", digits=2),
        Figure("B3 ratio", "", f"{ratio:.1f}", "", "at most 4", ratio <= 4),
    ]


async def _run(world: World, *arguments: str) -> tuple[int, str]:
    environment = world.stack.process("training", "api").environment
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "training", *arguments, env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await child.communicate()
    return child.returncode or 0, output.decode()


async def memory(world: World, megabytes: int) -> list[Figure]:
    """B5: the highest resident memory of each process while one upload of this size goes in."""
    peaks: dict[str, int] = {}
    done = False

    async def watch() -> None:
        while not done:
            for name, process in world.stack.processes.items():
                peaks[name] = max(peaks.get(name, 0), psutil.Process(process.child.pid).memory_info().rss)
            await asyncio.sleep(0.1)

    size = len(json.dumps(training(0, world.people[0][1])))
    records = megabytes * 1024 * 1024 // size
    watching = asyncio.create_task(watch())
    lines = (
        json.dumps(training(index, world.people[index % len(world.people)][1], source="large"))
        for index in range(records)
    )
    await world.upload("training", "trainings:batch", lines)
    before = -1
    while (now := await ask(world.stack, "credit", "SELECT count(*) FROM evidence")) != before:
        before = now
        await asyncio.sleep(2)
    done = True
    await watching
    return [
        Figure(
            f"B5 {name}: peak MiB, {megabytes} MB upload of {records:,} lines",
            "",
            f"{peak / 2**20:.0f}",
            "",
            "under 256",
            peak < 256 * 2**20,
        )
        for name, peak in sorted(peaks.items())
    ]


def _spread(name: str, values: list[float], goal: str, *, met: bool | None = None, digits: int = 0) -> Figure:
    low, middle, high = (f"{value:,.{digits}f}" for value in (min(values), median(values), max(values)))
    return Figure(name, low, middle, high, goal, met)


def _quantiles(name: str, values: list[float]) -> Figure:
    half, most, nearly_all = (f"{percentile(values, share) * 1000:.1f}" for share in (0.5, 0.9, 0.99))
    return Figure(f"{name} (p50, p90, p99)", half, most, nearly_all, "")


LAY_PEOPLE = """
INSERT INTO people (person_id, nip_hash, staff_type, status, joined_on, left_on, education, agency_id, unit_id, unit_name, sequence)
SELECT uuidv7(), md5(n::text), 'PNS', 'active', '2010-03-01', NULL, 'S1', ('00000000-0000-7000-8000-' || lpad((n % 640)::text, 12, '0'))::uuid,
       NULL, NULL, 1
FROM generate_series(1, $1::int) n
"""
LAY_ASSIGNMENTS = """
INSERT INTO assignments (person_id, valid_from, valid_to, agency_id, unit_id, unit_name)
SELECT person_id, joined_on, NULL, agency_id, NULL, NULL FROM people ON CONFLICT DO NOTHING
"""
LAY_LEDGER = """
INSERT INTO jp_ledger (person_id, year, pack, floor, ceiling, target, months, verified, unverified)
SELECT person_id, 2026, 'bench', 20, NULL, 20, 12, CASE WHEN abs(hashtext(person_id::text)) % 100 < 22 THEN 2 ELSE 24 END, 0
FROM people ON CONFLICT DO NOTHING
"""
LAST_SWEEP = "SELECT extract(epoch FROM finished_at - started_at) FROM sweeps ORDER BY finished_at DESC LIMIT 1"
BARE_JOIN = """
SELECT count(*) FROM assignments a JOIN jp_ledger l ON l.person_id = a.person_id AND l.year = 2026
WHERE a.valid_from <= '2026-11-22' AND (a.valid_to IS NULL OR a.valid_to > '2026-11-22')
"""
