"""B3: the sweep over a nation, until every agency's digest has arrived by mail; for B4, the time it takes a person."""

import asyncio
import time
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from bench import laying
from bench.figures import Figure
from bench.world import World
from training.soundings.commands import WORK_MEM
from training.soundings.shortfalls import ASSIGNED, AWAY, SHORT, THRESHOLD

REACHED = "CASE WHEN hashint4(n) & 127 < 28 THEN 2 ELSE 24 END"
"""SQL for the hours somebody has reached: a fifth of the people are short."""
NATION = 5_000_000
NATION_SECONDS = 30
READING_SECONDS = 0.1
MOST_GROWTH = 1.3
MOST_OF_JOIN = 4
PATIENCE = 900
"""Seconds to wait for the mails."""

JOIN = """
SELECT count(*) FROM assignments a JOIN jp_ledger l ON l.person_id = a.person_id AND l.year = 2026
WHERE a.valid_from <= current_date AND (a.valid_to IS NULL OR a.valid_to > current_date)
"""
READING = f"""
WITH w AS NOT MATERIALIZED (SELECT * FROM sweeps WHERE id = $1),
    away AS MATERIALIZED (SELECT p.person_id FROM w JOIN people p ON {AWAY})
SELECT count(*), sum({THRESHOLD} - l.verified)
FROM w JOIN jp_ledger l ON l.year = w.year JOIN assignments a ON a.person_id = l.person_id
WHERE {ASSIGNED} AND {SHORT} AND NOT EXISTS (SELECT FROM away WHERE away.person_id = a.person_id)
"""
NEWEST = "SELECT id, people, extract(epoch FROM finished_at - started_at) AS seconds FROM sweeps ORDER BY started_at DESC LIMIT 1"


class Round(NamedTuple):
    """A round, in seconds: the bare join, the query of the sweep alone, the whole sweep, and until the last mail."""

    join: float
    reading: float
    swept: float
    mailed: float


async def sweep(world: World, swept: Sequence[int], rounds: int) -> list[Figure]:
    """B3: sweeps over more and more people, who are laid: not their intake is measured, but the sweep."""
    await _sweep(world)  # a period can be swept again only after it was swept
    figures: list[Figure] = []
    smallest = 0.0
    for people in swept:
        await laying.people(world, people, reached=REACHED)
        found = [await _round(world) for _ in range(rounds)]
        millions = people / 1_000_000
        mailed = [each.mailed for each in found]
        ratios = [each.swept / each.join for each in found]
        readings = [each.reading / millions for each in found]
        whole = NATION_SECONDS if people >= NATION else None
        smallest = smallest or median(each.swept for each in found) / millions
        growth = [each.swept / millions / smallest for each in found]
        who = f"{people:,} people"
        figures += [
            Figure(f"{who}: bare count of the join", "s", [each.join for each in found]),
            Figure(f"{who}: the sweep, as it says itself", "s", [each.swept for each in found]),
            Figure(f"{who}: times the bare join", "x", ratios, at_most=MOST_OF_JOIN),
            Figure(f"{who}: reading a million", "s", readings, at_most=READING_SECONDS),
            Figure(f"{who}: from its start to the last agency's mail", "s", mailed, at_most=whole),
            Figure(f"{who}: a person's time beside the smallest (B4)", "x", growth, at_most=MOST_GROWTH),
        ]
    return figures


async def _round(world: World) -> Round:
    connection = world.training
    began = time.perf_counter()
    await connection.fetchval(JOIN)
    join = time.perf_counter() - began
    start = time.time()
    await _sweep(world, "--again", "2026", "1")
    [newest] = await connection.fetch(NEWEST)
    assert newest["people"] == world.people, "the sweep saw other people than were laid"
    short = await connection.fetch("SELECT FROM sweep_agencies WHERE sweep_id = $1 AND short > 0", newest["id"])
    arrived = await _arrival(world, start, len(short))
    async with connection.transaction():
        await connection.execute(f"SET LOCAL work_mem = '{WORK_MEM}'")
        began = time.perf_counter()
        await connection.fetchrow(READING, newest["id"])
        reading = time.perf_counter() - began
    return Round(join, reading, float(newest["seconds"]), arrived - start)


async def _sweep(world: World, *arguments: str) -> None:
    child = world.stack.process("training", "api").run("sweep", *arguments)
    while child.exit_code is None:
        await asyncio.sleep(0.05)
    assert child.exit_code == 0, child.log.read_text()


async def _arrival(world: World, start: float, number: int) -> float:
    """The moment at which the last of so many mails arrived."""
    async with asyncio.timeout(PATIENCE):
        while True:
            moments = [file.stat().st_mtime for file in world.stack.mail.folder.glob("*.eml")]
            new = [moment for moment in moments if moment >= start]
            if len(new) >= number:
                return max(new)
            await asyncio.sleep(0.1)
