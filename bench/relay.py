"""B7: how fast the relay empties the outbox while another session holds an old snapshot, so that vacuum can remove nothing."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median

import asyncpg

from bench import laying
from bench.figures import Figure
from bench.world import BARE_TOPIC, World
from common.store.outbox import CHANNEL

PACKS, SINGLES = 80, 200
"""Outbox rows of a burst: PACKS of a chunk of events each, as an upload leaves them, and SINGLES of one event each."""
EVERY = 1.0
"""Seconds from one burst to the next."""
MOST = 1.2
PART = 0.2
"""The share of the time with a snapshot that is its first part, and its last."""

BURST = f"""
INSERT INTO outbox (topic, events, count)
SELECT '{BARE_TOPIC}', events, count FROM pack, generate_series(1, {PACKS})
UNION ALL
SELECT '{BARE_TOPIC}', array_to_string(lines[1:3], E'\\n'), 1
FROM pack, generate_series(1, {SINGLES});
NOTIFY {CHANNEL}
"""


async def old_snapshot(world: World, snapshot_seconds: int) -> list[Figure]:
    """B7: a burst of events a second without an old snapshot, with one, and again without; a quarter of the time without."""
    burst = PACKS * await laying.pack(world) + SINGLES
    before = await _bursts(world, snapshot_seconds / 6, burst)
    async with _snapshot(world):
        during = await _bursts(world, snapshot_seconds, burst)
    await world.training.execute("VACUUM outbox")
    without = before + await _bursts(world, snapshot_seconds / 6, burst)
    part = max(int(len(during) * PART), 1)
    usual = median(rate for _, rate in without)
    first, last = [rate for _, rate in during[:part]], [rate for _, rate in during[-part:]]
    return [
        Figure("no old snapshot", "events/s", [rate for _, rate in without]),
        Figure(f"old snapshot, first part of {snapshot_seconds} s", "events/s", first, course=during),
        Figure(f"old snapshot, last part of {snapshot_seconds} s", "events/s", last),
        Figure("slower in the last part than without", "x", [usual / rate for rate in last], at_most=MOST),
    ]


@asynccontextmanager
async def _snapshot(world: World) -> AsyncIterator[None]:
    connection = await asyncpg.connect(world.stack.databases["training"].dsn)
    async with connection.transaction(isolation="repeatable_read"):
        await connection.fetchval("SELECT count(*) FROM outbox")
        yield
    await connection.close()


async def _bursts(world: World, seconds: float, events: int) -> list[tuple[float, float]]:
    """For each burst, when it began, and the events a second from its commit until the last stands on Kafka."""
    rates: list[tuple[float, float]] = []
    began = time.perf_counter()
    while (moment := time.perf_counter() - began) < seconds:
        expected = await world.sent(BARE_TOPIC) + events
        await world.training.execute(BURST)
        start = time.perf_counter()
        while await world.sent(BARE_TOPIC) < expected:
            await asyncio.sleep(0.005)
        took = time.perf_counter() - start
        rates.append((moment, events / took))
        await asyncio.sleep(max(EVERY - took, 0))
    return rates
