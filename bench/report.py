"""The report: a table in the terminal, JSON for programs, and one page that draws each figure."""

import json
import os
import platform
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from jinja2 import Environment, FileSystemLoader
from rich.console import Console
from rich.table import Table

from bench.figures import Figure, shown
from jejak_local.kafka import JARS
from jejak_local.postgres import BINARIES, SETTINGS

TITLES = {
    "B1": "Bulk: a training from the first byte to its assessment",
    "B1b": "Bulk: a predicate to its credit points on Kafka",
    "B1c": "A file of predicates with a fault in a hundred lines",
    "B2": "Latency of singles",
    "B3": "Sweep of a nation",
    "B4": "Growth: cost of an item beside the smallest",
    "B5": "Memory while a large upload goes in",
    "B6": "Replay and recovery",
    "B7": "Relay under an old snapshot",
    "B8": "A nation with units and posts",
    "B9": "Counts of a nation, and of an agency in it",
    "B10": "Matches of mentors and mentees",
    "B11": "What an entry in the access log adds to a read",
    "B12": "Whom a breach concerned",
    "B14": "A learning record store",
    "B19": "Random operations on the ledger",
}
PLACE = ("machine", "python", "postgresql", "kafka")
POINTS = 150
"""Points drawn of a course; more could not be told apart."""


def facts() -> dict[str, Any]:
    """What is measured, where, and by which versions."""
    return {
        "moment": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "machine": f"{psutil.cpu_count()} cores of {_cpu_model()}, {psutil.virtual_memory().total / 2**30:.0f} GiB",
        "load": round(os.getloadavg()[2], 2),
        "python": f"{platform.python_version()} ({', '.join(platform.python_build())}, {platform.python_compiler()})",
        "postgresql": f"{_said(str(BINARIES / 'postgres'), '--version').split()[2]}, shared_buffers {SETTINGS['shared_buffers']}",
        "kafka": next(JARS.glob("kafka-clients-*.jar")).stem.removeprefix("kafka-clients-"),
        "commit": commit(Path.cwd()),
    }


def commit(checkout: Path) -> str:
    """The commit that is measured, with "dirty" when something else than earlier reports has changed since."""
    git = ("git", "-C", str(checkout))
    changed = _said(*git, "status", "--porcelain", "--untracked-files=no", "--", ":(exclude)bench/results")
    return _said(*git, "rev-parse", "--short", "HEAD") + ("-dirty" if changed else "")


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.split(": ", 1)[1] for line in lines if line.startswith("model name")), platform.processor())


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def tell(console: Console, figures: Sequence[Figure]) -> None:
    """Prints figures as a table."""
    table = Table("figure", *(f"[right]{name}" for name in ("min", "median", "max")), "unit", "goal")
    for figure in figures:
        verdict = "" if figure.met is None else " [green]met[/]" if figure.met else " [red]missed[/]"
        values = (shown(value) for value in (figure.low, figure.middle, figure.high))
        table.add_row(figure.name, *values, figure.unit, figure.goal + verdict)
    console.print(table)


def write(folder: Path, name: str, measure: str, facts: Mapping[str, Any], figures: Sequence[Figure]) -> Path:
    """Puts what a measure found into NAME.json, in place of what it found before, draws all in NAME.html, the page given."""
    kept, page = folder / f"{name}.json", folder / f"{name}.html"
    report: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    report[measure] = {**facts, "figures": [figure.facts() | {"course": _thinned(figure.course)} for figure in figures]}
    report = dict(sorted(report.items()))
    folder.mkdir(exist_ok=True)
    kept.write_text(json.dumps(report, indent=1) + "\n")
    page.write_text(drawn(report))
    return page


def drawn(report: Mapping[str, Any]) -> str:
    """The page of a report as `write` keeps it."""
    places = {name: sorted({part[name] for part in report.values()}) for name in PLACE}
    templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True)
    helpers = {"tables": _tables, "scale": _scale, "share": _share, "line": _line, "numbers": _numbers, "shown": shown}
    return templates.get_template("page.html.jinja").render(places=places, report=report, titles=TITLES, **helpers)


def _tables(figures: Sequence[Mapping[str, Any]]) -> Iterable[Sequence[Mapping[str, Any]]]:
    """Figures of one unit stand in one table."""
    by_unit: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for figure in figures:
        by_unit[figure["unit"]].append(figure)
    return by_unit.values()


def _thinned(course: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(round(second, 2), round(value, 2)) for second, value in course[:: len(course) // POINTS + 1]]


def _scale(figures: Sequence[Mapping[str, Any]]) -> float:
    """Where the axis of figures drawn together ends, so that their values and goals fit."""
    return max(max(figure["high"], figure["bound"] or 0) for figure in figures) or 1


def _share(value: float, most: float) -> str:
    """How far along the axis; it ends a little before the track does."""
    return f"{96 * value / most:.2f}%"


def _numbers(value: int | Sequence[int]) -> str:
    return f"{value:,}" if isinstance(value, int) else " / ".join(f"{each:,}" for each in value)


def _line(course: Sequence[tuple[float, float]]) -> str:
    """The course as points of an SVG, 300 wide and 30 high."""
    last, most = course[-1][0] or 1, max(value for _, value in course) or 1
    return " ".join(f"{second / last * 300:.1f},{30 - value / most * 28:.1f}" for second, value in course)
