"""`make bench`: one run, one report; each figure beside its goal and its limit, none of it a test."""

import argparse
import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import bulk, growth, latency, memory, recovery, relay, report, sweep
from bench.figures import Figure
from bench.world import World, world

RESULTS = Path(__file__).parent / "results"
console = Console()

Measure = Callable[[World, argparse.Namespace], Awaitable[list[Figure]]]


async def _latency(made: World, options: argparse.Namespace) -> list[Figure]:
    return [
        *await latency.idle(made, options.rates, options.seconds, options.rounds),
        *await latency.beside_bulk(made, options.seconds, options.rounds),
    ]


async def _recovery(made: World, options: argparse.Namespace) -> list[Figure]:
    return [
        *await recovery.killed(made, options.records, options.rounds),
        *await recovery.replay(made, options.replayed, options.rounds),
    ]


MEASURES: dict[str, Measure] = {
    "B1": lambda made, options: bulk.trainings(made, options.records, options.rounds),
    "B1b": lambda made, options: bulk.predicates(made, options.records, options.rounds),
    "B2": _latency,
    "B3": lambda made, options: sweep.sweep(made, options.swept, options.rounds),
    "B4": lambda made, options: growth.growth(made, options.records, options.rounds, options.known, options.stored),
    "B5": lambda made, options: memory.memory(made, options.megabytes),
    "B6": _recovery,
    "B7": lambda made, options: relay.old_snapshot(made, options.snapshot_seconds),
}
NATION = "B3"
"""Lays all its people itself, but for one to copy."""

QUICK: dict[str, Any] = {
    "rounds": 3,
    "people": 2_000,
    "records": 10_000,
    "rates": [25, 100],
    "seconds": 3,
    "swept": [20_000, 100_000],
    "known": [20_000],
    "stored": [50_000],
    "megabytes": [5],
    "replayed": 20_000,
    "snapshot_seconds": 20,
}


async def run(options: argparse.Namespace) -> list[Figure]:
    """Each measure on a fresh stack: none pays for what another has stored."""
    figures: list[Figure] = []
    for name in options.only:
        console.rule(name)
        async with world(1 if name == NATION else options.people) as made:
            found = await MEASURES[name](made, options)
        report.tell(console, found)
        figures += found
    return figures


def parsed() -> argparse.Namespace:
    """What was asked for: a full run, a quick one, or either with other sizes."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    measures = list(MEASURES)
    parser.add_argument("--only", nargs="+", choices=measures, default=measures, help="of these measures")
    parser.add_argument("--quick", action="store_true", help="small sizes: some ten minutes, and no goal is meant")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--people", type=int, default=20_000, help="people the registry takes")
    parser.add_argument("--records", type=int, default=100_000, help="items of one bulk round")
    parser.add_argument("--rates", type=int, nargs="+", default=[25, 50, 100, 200], help="B2: singles a second")
    parser.add_argument("--seconds", type=int, default=20, help="B2: of singles, a round")
    parser.add_argument("--swept", type=int, nargs="+", default=[100_000, 1_000_000, 5_000_000], help="B3: people")
    parser.add_argument("--known", type=int, nargs="+", default=[1_000_000, 5_000_000], help="B4: people")
    parser.add_argument("--stored", type=int, nargs="+", default=[1_000_000, 10_000_000], help="B4: records")
    parser.add_argument("--megabytes", type=int, nargs="+", default=[200, 1000], help="B5: uploads")
    parser.add_argument("--replayed", type=int, default=1_000_000, help="B6: events")
    parser.add_argument("--snapshot-seconds", type=int, default=600, help="B7: age the snapshot reaches")
    if parser.parse_args().quick:
        parser.set_defaults(**QUICK)
    return parser.parse_args()


def main() -> None:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # that a group is not ready yet is no news here
    options = parsed()
    head = report.head(vars(options))
    figures = asyncio.run(run(options))
    console.rule(f"Jejak on {head['machine']}")
    report.tell(console, figures)
    page = report.write(RESULTS, "quick" if options.quick else "latest", head, figures)
    console.print(f"Written to {page.relative_to(Path.cwd())} and {page.with_suffix('.json').name}")


if __name__ == "__main__":
    main()
