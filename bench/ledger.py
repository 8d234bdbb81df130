"""B19: random operations on the ledger by several writers at once, and books that balance afterwards."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from bench.figures import Figure
from bench.world import World, parts
from common.store.database import Database
from credit.domain.books import load
from jejak_local.ledger import Writers

WRITERS = 4
LINES = 2_000
"""Of an upload."""


async def ledger(world: World, operations: int) -> list[Figure]:
    """So many predicates, checks, attestations, returns and reversals, of which many get into each other's way."""
    people = [(row[0], row[1]) for row in await world.credit.fetch("SELECT person_id, jenjang FROM people ORDER BY 1")]
    environment = world.stack.process("credit", "api").environment
    database = Database(environment["CREDIT_DATABASE_URL"])

    async def send(path: str, lines: Sequence[Mapping[str, Any]], role: str) -> list[dict[str, Any]]:
        sent = world.upload("credit", path, parts(map(dict, lines)), role=role, agency=world.agencies[0])
        return [msgspec.json.decode(answer) async for answer in sent]

    writers = Writers(send, database, load(), datetime.now(UTC), people, LINES)
    for person_id, jenjang, twelfths, entries in await world.credit.fetch("SELECT * FROM balances"):
        writers.balances[person_id, jenjang], writers.entries[person_id, jenjang] = twelfths, entries
    entries = writers.entries.total()
    before, began = world.cpu(), time.perf_counter()
    await writers.write(operations, WRITERS, seed=1)
    took, cpu = time.perf_counter() - began, world.cpu() - before
    assert await writers.broken() == [], "a balance is not the sum that was answered"
    await database.close()
    checked = time.perf_counter()
    command = (sys.executable, "-m", "credit", "check")
    check = await asyncio.create_subprocess_exec(*command, env=environment, stdout=subprocess.DEVNULL)
    assert await check.wait() == 0, "an invariant is broken"
    done, what = writers.operations, f"{writers.operations:,} random operations by {WRITERS} writers"
    return [
        Figure(what, "/s", [done / took]),
        Figure("CPU of services, PostgreSQL and Kafka", "µs each", [cpu * 1e6 / done]),
        Figure("entries that they made", "", [writers.entries.total() - entries]),
        Figure("refused, most of them because another came first", "", [_refused(writers)]),
        Figure("all invariants of credit looked through", "s", [time.perf_counter() - checked]),
    ]


def _refused(writers: Writers) -> int:
    done = {"stored", "updated", "reversal"}
    return sum(count for answer, count in writers.answers.items() if answer not in done)
