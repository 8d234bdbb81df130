"""B5: what it costs to start each process, the memory it keeps while nothing happens, and that while a large upload goes in."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import NamedTuple

import psutil

from bench.bulk import GROUP
from bench.figures import Figure
from bench.world import World, parts, process_cpu, training

MOST = 128
SECONDS_OF_REST = 2
THIRDS = 3
EVERY = 0.1


class Start(NamedTuple):
    """Seconds from a process's start until it was ready, and of CPU that it took for that."""

    seconds: float
    cpu: float


async def memory(world: World, megabytes: Iterable[int]) -> list[Figure]:
    """Uploads of so many million bytes, one after the other; for each, the peak of each process in each third of the time."""
    figures = await idle(world)
    for size in megabytes:
        records = size * 1_000_000 // (len(json.dumps(training(0, world.person(0), source="large"))) + 1)
        seen = await _watched(world, records, world.source("large"))
        for name, course in sorted(seen.items()):
            third = len(course) // THIRDS + 1
            peaks = [max(value for _, value in course[start : start + third]) for start in range(0, len(course), third)]
            what = f"{name}, {size:,} MB of {records:,} lines"
            figures.append(Figure(what, "MiB", peaks, at_most=MOST, worst=True, course=course))
    return figures


async def idle(world: World) -> list[Figure]:
    """What each process takes to start, and the memory it keeps when left alone; that of PostgreSQL, of Kafka, and of all together."""
    starts = await started_alone(world)
    await asyncio.sleep(SECONDS_OF_REST)
    servers = {"PostgreSQL": world.stack.postgres.child.handle, "Kafka": world.stack.kafka.child.handle}
    held = {name: _held(process.child.handle) for name, process in world.stack.processes.items()}
    held |= {name: _held(handle) for name, handle in servers.items()}
    return [
        *(Figure(f"{name}: from its start until it is ready", "s", [start.seconds]) for name, start in starts.items()),
        *(Figure(f"{name}: CPU until it is ready", "s of CPU", [start.cpu]) for name, start in starts.items()),
        *(Figure(f"{name}, idle", "MiB", [size]) for name, size in held.items()),
        Figure("all of these, idle", "MiB", [sum(held.values())]),
    ]


async def started_alone(world: World) -> dict[str, Start]:
    """Starts each process of the services again, one after the other, and tells what that took."""
    starts: dict[str, Start] = {}
    for name, process in world.stack.processes.items():
        await process.stop()
        began = time.perf_counter()
        process.launch()
        await process.ready()
        starts[name] = Start(time.perf_counter() - began, process_cpu(process.child.handle))
    return starts


def _held(root: psutil.Process) -> float:
    """MiB of a process and its children; what several share is divided among them."""
    return sum(each.memory_full_info().pss for each in (root, *root.children(recursive=True))) / 2**20


@asynccontextmanager
async def watching(world: World) -> AsyncIterator[dict[str, list[tuple[float, float]]]]:
    """Seconds and resident MiB of each process, while the block runs."""
    course: dict[str, list[tuple[float, float]]] = defaultdict(list)
    began = time.perf_counter()

    async def watch() -> None:
        while True:
            for name, process in world.stack.processes.items():
                resident = psutil.Process(process.child.pid).memory_info().rss / 2**20
                course[name].append((time.perf_counter() - began, resident))
            await asyncio.sleep(EVERY)

    watch_on = asyncio.create_task(watch())
    try:
        yield course
    finally:
        watch_on.cancel()


async def _watched(world: World, records: int, source: str) -> dict[str, list[tuple[float, float]]]:
    """Seconds and resident MiB of each process, until the last record is assessed."""
    async with watching(world) as course:
        before = await world.consumed(GROUP)
        lines = (training(index, world.person(index), source=source) for index in range(records))
        stored = sum(
            [1 async for answer in world.upload("training", "trainings:batch", parts(lines)) if '"stored"' in answer]
        )
        assert stored == records, "the upload was not stored whole"
        while await world.consumed(GROUP) < before + records:
            await asyncio.sleep(0.2)
    return course
