"""`make bench`: one report; each figure beside its goal and its limit, none of it a test.

The report is written after each measure and keeps what the others found before: it can be made in parts.
With `--against` each round is measured twice in one stack: by the code of another checkout, then by this one.
"""

import argparse
import asyncio
import inspect
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import (
    access,
    answers,
    bulk,
    counts,
    growth,
    latency,
    ledger,
    matching,
    memory,
    mentoring,
    nation,
    pages,
    papers,
    posts,
    queue,
    recovery,
    relay,
    report,
    sheets,
    store,
    sweep,
)
from bench.figures import Figure
from bench.world import World, world

RESULTS = Path(__file__).parent / "results"
console = Console()

MEASURES: dict[str, Callable[..., Awaitable[list[Figure]]]] = {
    "B6": recovery.recovery,
    "B1": bulk.trainings,
    "B1b": bulk.predicates,
    "B1c": bulk.faulty,
    "B2": latency.latency,
    "B7": relay.old_snapshot,
    "B5": memory.memory,
    "B11": access.access,
    "B12": access.breach,
    "B13": mentoring.mentoring,
    "B14": store.store,
    "B16": papers.papers,
    "B19": ledger.ledger,
    "B3": sweep.sweep,
    "B4": growth.growth,
    "B9": counts.counts,
    "B10": matching.matching,
    "B8": nation.nation,
    "B18": queue.queue,
    "B20": posts.posts,
    "B15": sheets.sheets,
    "B17": answers.answers,
    "B21": pages.pages,
}
"""Each is given the options that its parameters name.

This order lets them share a stack: B6 comes first, since it reads again all that was sent before it; B3, B4 and
B9 come late, since the many people and records that they lay would slow down the others; B8 comes behind them, since they
count on knowing everybody, and B15, B17 and B21 last, which bring people of their own.
"""
NATIONS = {"B3", "B8", "B9", "B10", "B21"}
"""These bring all their people themselves: the registry takes one, to copy."""

QUICK: dict[str, Any] = {
    "people": 2_000,
    "agencies": 16,
    "records": 3_000,
    "rates": [50],
    "seconds": 2,
    "swept": [20_000, 100_000],
    "loaded": 10_000,
    "known": [100_000, 200_000],
    "counted": [200_000],
    "stored": [50_000],
    "matched": [500],
    "megabytes": [5],
    "replayed": 20_000,
    "snapshot_seconds": 5,
    "reads": 200,
    "entries": 20_000,
    "confirmed": 500,
    "sent": 200,
    "issued": 100,
    "statements": 20_000,
    "officers": 2_000,
    "gone_through": 20_000,
    "sheet_rows": [5_000],
    "imported": 2_000,
    "queued": 20_000,
    "operations": 20_000,
    "posts_sent": 5_000,
    "lines": 5_000,
    "paged": 20_000,
    "looks": 160,
}


async def run(options: argparse.Namespace) -> None:
    """Runs the measures, each on a fresh stack, so that none pays for what another has stored; quick ones share one stack."""
    names = [name for name in MEASURES if name in options.only]
    for together in [names] if options.quick else [[name] for name in names]:
        people = 1 if NATIONS.issuperset(together) else options.people
        async with world(people, options.agencies) as made:
            for name in together:
                console.rule(name)
                await measure(name, made, options)


async def measure(name: str, made: World, options: argparse.Namespace) -> None:
    """Takes a measure and puts it into the report."""
    facts, began = report.facts(), time.perf_counter()
    function = MEASURES[name]
    settings = {
        option: getattr(options, option) for option in inspect.signature(function).parameters if option != "world"
    }
    if options.against:
        figures = await by_turns(function, made, settings, options.against, options.rounds)
        facts["against"] = report.commit(options.against)
    else:
        figures = await function(made, **settings)
    facts |= {"seconds": round(time.perf_counter() - began), "settings": {"people": made.registered, **settings}}
    report.tell(console, figures)
    page = report.write(RESULTS, "quick" if options.quick else "latest", name, facts, figures)
    console.print(
        f"{facts['seconds']} s; written to {page.relative_to(Path.cwd())} and {page.with_suffix('.json').name}"
    )


async def by_turns(
    function: Callable[..., Awaitable[list[Figure]]], made: World, settings: dict[str, Any], against: Path, rounds: int
) -> list[Figure]:
    """Measures the other code and this one in turn; gives each figure twice. How far the rounds of the other differ is the noise."""
    found: dict[str, list[Figure]] = defaultdict(list)
    for _ in range(rounds):
        for checkout, suffix in ((against, " (old)"), (None, "")):
            await made.run_from(checkout)
            for figure in await function(made, **settings | ({"rounds": 1} if "rounds" in settings else {})):
                found[figure.name + suffix].append(figure)
    figures = [
        replace(each[0], name=name, values=[value for figure in each for value in figure.values])
        for name, each in found.items()
    ]
    held_to = [replace(each, at_least=None, at_most=None) if each.name.endswith(" (old)") else each for each in figures]
    return sorted(held_to, key=lambda figure: list(found).index(f"{figure.name.removesuffix(' (old)')} (old)"))


def parsed() -> argparse.Namespace:
    """The options of the command: a full run, a quick one, or either with other sizes."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    measures = sorted(MEASURES)
    parser.add_argument("--only", nargs="+", choices=measures, default=measures, help="which measures")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, one stack: four minutes, and no goal is meant"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--against", type=Path, help="another checkout; only its source is used, with our packages and our tables"
    )
    parser.add_argument("--people", type=int, default=20_000, help="people the registry takes")
    parser.add_argument("--agencies", type=int, default=640, help="each with a PIC, as many as Indonesia has")
    parser.add_argument("--records", type=int, default=100_000, help="items of one bulk round")
    parser.add_argument("--rates", type=int, nargs="+", default=[25, 50, 100, 200], help="B2: singles a second")
    parser.add_argument("--seconds", type=int, default=20, help="B2: seconds of singles in a round")
    parser.add_argument("--swept", type=int, nargs="+", default=[100_000, 1_000_000, 5_000_000], help="B3: people")
    parser.add_argument(
        "--loaded", type=int, default=200_000, help="B8: people sent with units and posts (5,000,000: hours)"
    )
    parser.add_argument("--known", type=int, nargs="+", default=[100_000, 1_000_000, 5_000_000], help="B4: people")
    parser.add_argument("--stored", type=int, nargs="+", default=[1_000_000, 10_000_000], help="B4: records")
    parser.add_argument("--counted", type=int, nargs="+", default=[1_000_000], help="B9: people")
    parser.add_argument("--matched", type=int, nargs="+", default=[500, 5_000, 50_000], help="B10: mentees")
    parser.add_argument("--megabytes", type=int, nargs="+", default=[200, 1000], help="B5: uploads")
    parser.add_argument("--replayed", type=int, default=1_000_000, help="B6: events")
    parser.add_argument("--reads", type=int, default=4_000, help="B11: single reads of a round")
    parser.add_argument("--entries", type=int, default=5_000_000, help="B12: entries in the access log")
    parser.add_argument("--confirmed", type=int, default=5_000, help="B13: pairs published, and sessions confirmed")
    parser.add_argument(
        "--sheet-rows", type=int, nargs="+", default=[100_000, 1_000_000], help="B15: rows that are read"
    )
    parser.add_argument("--imported", type=int, default=100_000, help="B15: people that are imported")
    parser.add_argument("--officers", type=int, default=20_000, help="B17: of one agency")
    parser.add_argument("--gone-through", type=int, default=1_000_000, help="B17: entries under a draft")
    parser.add_argument("--issued", type=int, default=1_000, help="B16: PAK issued, and fetched as signed PDF")
    parser.add_argument("--sent", type=int, default=4_000, help="B14: single statements of a round")
    parser.add_argument("--statements", type=int, default=1_000_000, help="B14: statements among which it is asked")
    parser.add_argument("--queued", type=int, default=1_000_000, help="B18: open cases")
    parser.add_argument("--lines", type=int, default=1_000_000, help="B1c: of one file")
    parser.add_argument("--operations", type=int, default=1_000_000, help="B19: on the ledger")
    parser.add_argument("--paged", type=int, default=1_000_000, help="B21: people behind the pages")
    parser.add_argument("--looks", type=int, default=1_600, help="B21: cards that are looked at in a round")
    parser.add_argument("--posts-sent", type=int, default=100_000, help="B20: in one file")
    parser.add_argument("--snapshot-seconds", type=int, default=600, help="B7: seconds that the snapshot stays open")
    if parser.parse_args().quick:
        parser.set_defaults(**QUICK)
    return parser.parse_args()


def main() -> None:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # that a group is not ready yet is no news here
    asyncio.run(run(parsed()))


if __name__ == "__main__":
    main()
