"""B11: what an entry in the access log adds to a read. B12: whom a breach concerned, among millions of entries."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from bench.figures import Figure
from bench.world import World
from jejak_local.postgres import temporary_folder

AT_ONCE = (1, 8)
"""Readers: one who waits for each answer, and some at the same moment."""
LISTED = 100
SILENT, HEARD = "service", "lan"
"""Both read the same; a program leaves no entry, LAN does."""
MOST_PERCENT = 10
REST_SECONDS = 3
CLIENTS = 1_000
MOST_SECONDS = 60

ENTRIES = """
INSERT INTO looks (id, seen_at, viewer_id, viewer, client, roles, service, part, person_ids)
SELECT uuidv7(), now() - n * interval '20 days' / {number}, uuidv7(), 'viewer', 'client-' || n % {clients}, '{{agency_hr}}',
    'registry', (ARRAY['identity', 'history', 'hours'])[n % 3 + 1], ARRAY[{person}]
FROM generate_series(1, {number}) n
"""
"""One person each, as who reads one record leaves them."""
STOLEN = """
INSERT INTO looks (id, seen_at, viewer_id, viewer, client, roles, service, part, person_ids)
SELECT uuidv7(), now() - n * interval '1 day' / {number}, uuidv7(), 'thief', 'stolen', '{{lan}}', 'registry',
    (ARRAY['identity', 'hours'])[n % 2 + 1],
    (SELECT array_agg({person}) FROM generate_series(1000 * (n - 1) + 1, 1000 * n) m)
FROM generate_series(1, {number} / 1000) n
"""
"""Everybody, a thousand at a time: the worst there is."""
PERSON = "('01900000-0000-7000-8000-' || lpad(to_hex({}), 12, '0'))::uuid"


async def access(world: World, reads: int, rounds: int) -> list[Figure]:
    """B11: single reads and lists of a hundred, by turns without and with an entry: CPU of all until the entries are kept."""
    registry = await asyncpg.connect(world.stack.databases["registry"].owner.dsn)
    ids = [str(row["person_id"]) for row in await world.training.fetch("SELECT person_id FROM people LIMIT 1000")]
    singles, lists = [f"/people/{person}" for person in ids], [f"/people?limit={LISTED}"]
    figures: list[Figure] = []
    for what, paths, number in (("a single read", singles, reads), (f"a list of {LISTED}", lists, reads // 4)):
        for at_once in AT_ONCE:
            cpu: dict[str, list[float]] = {SILENT: [], HEARD: []}
            for _ in range(rounds):
                idle = await _idle(world)
                for role in (SILENT, HEARD):
                    cpu[role].append(await _cost(world, registry, role, paths, number, at_once, idle))
            name = f"{what}, {at_once} at once"
            print(f"{name}: {cpu}", flush=True)
            added = [100 * (heard / silent - 1) for silent, heard in zip(cpu[SILENT], cpu[HEARD], strict=True)]
            figures += [
                Figure(f"{name}, CPU without an entry", "ms each", cpu[SILENT]),
                Figure(f"{name}, CPU with one", "ms each", cpu[HEARD]),
                Figure(f"{name}: what the entry adds", "%", added, at_most=MOST_PERCENT),
            ]
    await registry.close()
    return figures


async def _idle(world: World) -> float:
    """Seconds of CPU a second while nothing is asked."""
    before = world.cpu()
    await asyncio.sleep(REST_SECONDS)
    return (world.cpu() - before) / REST_SECONDS


async def _cost(
    world: World, registry: asyncpg.Connection, role: str, paths: Sequence[str], number: int, at_once: int, idle: float
) -> float:
    """Milliseconds of CPU of each read, until its entry is where the person finds it."""
    headers = await world.headers(role)
    kept: int = await registry.fetchval("SELECT count(*) FROM looks") or 0
    asked: Iterator[int] = iter(range(number))

    async def read() -> None:
        for each in asked:
            url = f"{world.stack.url('registry')}/v1{paths[each % len(paths)]}"
            (await world.http.get(url, headers=headers)).raise_for_status()

    before, began = world.cpu(), time.perf_counter()
    await asyncio.gather(*(read() for _ in range(at_once)))
    if role == HEARD:
        while (await registry.fetchval("SELECT count(*) FROM looks") or 0) < kept + number:
            await asyncio.sleep(0.2)
    return (world.cpu() - before - idle * (time.perf_counter() - began)) * 1000 / number


async def breach(world: World, entries: int) -> list[Figure]:
    """B12: `python -m registry breach` for an ordinary client, for one that was shown everybody, and for a day."""
    registry = await asyncpg.connect(world.stack.databases["registry"].owner.dsn)
    await registry.execute(
        "SELECT open_month(CAST(now() - n * interval '10 days' AS date)) FROM generate_series(0, 2) n"
    )
    await registry.execute("DROP INDEX ix_looks_person_ids")
    began = time.perf_counter()
    await registry.execute(ENTRIES.format(number=entries, clients=CLIENTS, person=PERSON.format("n")))
    await registry.execute(STOLEN.format(number=entries, person=PERSON.format("m")))
    await registry.execute("CREATE INDEX ix_looks_person_ids ON looks USING gin (person_ids)")
    await registry.execute("VACUUM ANALYZE looks")
    print(
        f"looks: {entries:,} entries of one and {entries // 1000:,} of 1,000 laid in {time.perf_counter() - began:.0f} s"
    )
    await registry.close()
    await world.checkpoint()
    return [
        await _told(world, f"one of {CLIENTS:,} clients, 30 days", 30, entries // CLIENTS, "--client", "client-7"),
        await _told(world, f"a client that was shown all {entries:,}", 30, entries, "--client", "stolen"),
        await _told(world, "whoever looked within an hour", 1 / 24, None),
    ]


async def _told(world: World, what: str, days: float, people: int | None, *asked: str) -> Figure:
    """Seconds from the command to the list and the drafts."""
    until = datetime.now(UTC) + timedelta(minutes=1)
    span = ("--since", (until - timedelta(days)).isoformat(), "--until", until.isoformat())
    with temporary_folder("breach") as folder:
        command = (sys.executable, "-m", "registry", "breach", *span, *asked, "--folder", str(folder))
        began = time.perf_counter()
        run = await asyncio.create_subprocess_exec(
            *command, env=world.stack.process("registry", "api").environment, stdout=subprocess.DEVNULL
        )
        assert await run.wait() == 0, "the breach could not be told"
        took = time.perf_counter() - began
        with (Path(folder) / "people.ndjson").open("rb") as lines:
            found = sum(1 for _ in lines)
    assert people is None or found == people, f"{found} people were found"
    return Figure(f"{what}: {found:,} people", "s", [took], at_most=MOST_SECONDS)
