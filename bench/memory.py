"""B5: the memory of each process while a large upload goes in."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Iterable

import psutil

from bench.bulk import GROUP
from bench.figures import Figure
from bench.world import World, parts, training

MOST = 128
THIRDS = 3
EVERY = 0.1


async def memory(world: World, megabytes: Iterable[int]) -> list[Figure]:
    """Uploads of so many million bytes, one after the other, and the peak of each process in each third of each."""
    figures: list[Figure] = []
    for size in megabytes:
        records = size * 1_000_000 // (len(json.dumps(training(0, world.person(0), source="large"))) + 1)
        seen = await _watched(world, records, f"large-{size}")
        for name, course in sorted(seen.items()):
            third = len(course) // THIRDS + 1
            peaks = [max(value for _, value in course[start : start + third]) for start in range(0, len(course), third)]
            what = f"{name}, {size:,} MB of {records:,} lines"
            figures.append(Figure(what, "MiB", peaks, at_most=MOST, worst=True, course=course))
    return figures


async def _watched(world: World, records: int, source: str) -> dict[str, list[tuple[float, float]]]:
    """Seconds and resident MiB of each process, until the last record is assessed."""
    course: dict[str, list[tuple[float, float]]] = defaultdict(list)
    began = time.perf_counter()

    async def watch() -> None:
        while True:
            for name, process in world.stack.processes.items():
                resident = psutil.Process(process.child.pid).memory_info().rss / 2**20
                course[name].append((time.perf_counter() - began, resident))
            await asyncio.sleep(EVERY)

    watching = asyncio.create_task(watch())
    before = await world.consumed(GROUP)
    lines = (training(index, world.person(index), source=source) for index in range(records))
    stored = sum(
        [1 async for answer in world.upload("training", "trainings:batch", parts(lines)) if '"stored"' in answer]
    )
    assert stored == records, "the upload was not stored whole"
    while await world.consumed(GROUP) < before + records:
        await asyncio.sleep(0.2)
    watching.cancel()
    return course
