"""`make bench-peers`: the same trainings through Jejak and through systems that do its job the ordinary way.

A round starts each system in turn, sends it trainings by four senders in bodies of up to 1,000, waits until the last evidence
row is committed, compares its books with what was sent, and stops it. The CPU is that of all processes that do the
work, servers included; the senders' is left out.
"""

import argparse
import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

import asyncpg
import httpx2
import psutil
from rich.console import Console
from rich.table import Table

from bench.peers.systems import Books, Jejak, NaiveTwin, OrdinaryFair, OrdinaryUsual, System
from bench.world import World, training, world
from jejak_local.processes import Register, Spawner, run

BODY = 1_000
SENDERS = 4
WARM_UP = 500
PATIENCE = 30
"""Seconds without a new evidence row after which the rest counts as lost."""

console = Console()


@dataclass(frozen=True)
class Result:
    """One system's round: `lost` says what its books lack, and is empty when they are right."""

    rate: float
    cpu: float
    lost: str


async def compare(options: argparse.Namespace) -> int:
    async with world(options.people, 1) as made:
        root = made.stack.root
        spawner = Spawner(root / "logs", Register(root / "peers.json"))
        try:
            systems = [Jejak(made), NaiveTwin(made, spawner), OrdinaryUsual(made, spawner), OrdinaryFair(made, spawner)]
            for system in systems:
                await system.prepare()
            results: dict[str, list[Result]] = {system.name: [] for system in systems}
            for number in range(options.rounds):
                for system in systems:
                    result = await play(made, system, number, int(options.records * system.share))
                    results[system.name].append(result)
                    console.print(f"round {number + 1}, {system.name}: {result.rate:,.0f}/s {result.lost}")
        finally:
            spawner.kill_all()
    show(systems, results, options)
    return int(any(result.lost for found in results.values() for result in found))


async def play(made: World, system: System, number: int, records: int) -> Result:
    """Starts a system, runs one round on it, and stops it."""
    await system.start()
    try:
        # Each body has a connection of its own, so that whichever worker is free takes it.
        limits = httpx2.Limits(max_keepalive_connections=0)
        async with httpx2.AsyncClient(timeout=None, headers=system.headers, limits=limits) as http:
            await race(http, system, made, f"warm-up-{number}", WARM_UP)
            await settle(made, system)
            return await race(http, system, made, f"round-{number}", records)
    finally:
        await system.stop()


async def race(http: httpx2.AsyncClient, system: System, made: World, source: str, records: int) -> Result:
    """Sends the trainings and waits for their evidence."""
    trainings = [training(index, made.person(index), source=source) for index in range(records)]
    size = min(BODY, records // SENDERS)
    bodies = [system.body(trainings[start : start + size]) for start in range(0, records, size)]
    before = await system.books()
    cpu = cpu_seconds(system)
    began = time.perf_counter()
    await asyncio.gather(*(send(http, system, sender, bodies[sender::SENDERS]) for sender in range(SENDERS)))
    await assessed(system, before.evidence + records)
    seconds = time.perf_counter() - began
    cpu = cpu_seconds(system) - cpu
    found = await system.books() - before
    sent = Books(records, records, sum((Decimal(item["jp"]) for item in trainings), Decimal()))
    return Result(records / seconds, cpu / records, "" if found == sent else f"WRONG: {found} of {sent}")


async def send(http: httpx2.AsyncClient, system: System, sender: int, bodies: Sequence[bytes]) -> None:
    url = system.urls[sender % len(system.urls)]
    for body in bodies:
        answer = await http.post(url, content=body, headers={"content-type": system.content_type})
        answer.raise_for_status()


async def assessed(system: System, expected: int) -> None:
    """Returns when so much evidence is committed, or nothing has come any more; asks seldom enough to cost nothing."""
    began = changed = time.perf_counter()
    found = 0
    while found < expected and time.perf_counter() - changed < PATIENCE:
        await asyncio.sleep(min(0.02 + (time.perf_counter() - began) / 50, 0.5))
        before, found = found, await system.evidence()
        if found != before:
            changed = time.perf_counter()


async def settle(made: World, system: System) -> None:
    """Gives tables the statistics that old ones have, and writes out what another system has left in memory."""
    for connection in system.connections():
        await connection.execute("VACUUM ANALYZE")
    admin = await asyncpg.connect(made.stack.postgres.admin.dsn)
    await admin.execute("CHECKPOINT")
    await admin.close()


def cpu_seconds(system: System) -> float:
    """CPU time of the processes and of all they have started, the ended ones too."""
    seconds = 0.0
    for root in system.processes():
        for process in (*root.children(recursive=True), root):
            with suppress(psutil.NoSuchProcess):  # it has ended since: its parent has its time
                seconds += sum(process.cpu_times()[:4])
    return seconds


def show(systems: Sequence[System], results: Mapping[str, Sequence[Result]], options: argparse.Namespace) -> None:
    table = Table(
        title="Accepted by HTTP to assessed and on the ledger: min, median, max; ours / theirs",
        title_justify="left",
    )
    table.add_column("system", no_wrap=True)
    for heading in ("trainings", "a second", "CPU ms", "ratio"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("books", min_width=5)
    ours = results[Jejak.name]
    for system in systems:
        found = results[system.name]
        rates = [result.rate for result in found]
        table.add_row(
            system.name,
            f"{options.rounds} x {options.records * system.share:,.0f}",
            "  ".join(f"{value:,.0f}" for value in (min(rates), median(rates), max(rates))),
            f"{median(result.cpu for result in found) * 1000:.3f}",
            f"{median(mine.rate / theirs.rate for mine, theirs in zip(ours, found, strict=True)):.1f}",
            next((result.lost for result in found if result.lost), "right"),
        )
    console.print(table)
    console.print(f"{psutil.cpu_count()} cores, load {psutil.getloadavg()[0]:.1f}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("--people", type=int, default=20_000, help="people known to every system")
    parser.add_argument("--records", type=int, default=20_000, help="trainings a round; the slow ones get a quarter")
    parser.add_argument("--rounds", type=int, default=3)
    return run(compare(parser.parse_args()))


if __name__ == "__main__":
    raise SystemExit(main())
