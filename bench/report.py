"""The report: a table in the terminal, JSON for programs, and one page that draws each figure."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import psutil
from jinja2 import Environment
from rich.console import Console
from rich.table import Table

from bench.figures import Figure, shown
from jejak_local.kafka import JARS
from jejak_local.postgres import BINARIES

TITLES = {
    "B1": "Bulk: a training from the first byte to its assessment",
    "B1b": "Bulk: a predicate to its credit points on Kafka",
    "B2": "Latency of singles",
    "B3": "Sweep of a nation",
    "B4": "Growth: cost of an item beside the smallest",
    "B5": "Memory while a large upload goes in",
    "B6": "Replay and recovery",
    "B7": "Relay under an old snapshot",
}
POINTS = 150
"""Of a course; more would not be seen."""


def head(options: dict[str, Any]) -> dict[str, Any]:
    """What was measured where, and by which versions."""
    return {
        "moment": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{psutil.cpu_count()} cores of {_cpu_model()}, {psutil.virtual_memory().total / 2**30:.0f} GiB",
        "load": round(os.getloadavg()[2], 2),
        "python": platform.python_version(),
        "postgresql": _said(str(BINARIES / "postgres"), "--version").split()[2],
        "kafka": next(JARS.glob("kafka-clients-*.jar")).stem.removeprefix("kafka-clients-"),
        "commit": _said("git", "describe", "--always", "--dirty", "--exclude", "*"),
        "options": options,
    }


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.split(": ", 1)[1] for line in lines if line.startswith("model name")), platform.processor())


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def tell(console: Console, figures: Sequence[Figure]) -> None:
    """Prints figures as a table."""
    table = Table("", "figure", *(f"[right]{name}" for name in ("min", "median", "max")), "unit", "goal")
    for figure in figures:
        verdict = "" if figure.met is None else " [green]met[/]" if figure.met else " [red]missed[/]"
        values = (shown(value) for value in (figure.low, figure.middle, figure.high))
        table.add_row(figure.measure, figure.name, *values, figure.unit, figure.goal + verdict)
    console.print(table)


def write(folder: Path, name: str, head: dict[str, Any], figures: Sequence[Figure]) -> Path:
    """Writes NAME.json and NAME.html, and gives the page."""
    folder.mkdir(exist_ok=True)
    facts = {"head": head, "figures": [figure.facts() | {"course": _thinned(figure)} for figure in figures]}
    (folder / f"{name}.json").write_text(json.dumps(facts, indent=1) + "\n")
    groups = [
        (measure, TITLES[measure], [[*row] for _, row in groupby(of_measure, key=attrgetter("unit"))])
        for measure, of_measure in groupby(sorted(figures, key=attrgetter("measure")), key=attrgetter("measure"))
    ]
    page = folder / f"{name}.html"
    page.write_text(PAGE.render(head=head, groups=groups, shown=shown, scale=_scale, line=_line))
    return page


def _thinned(figure: Figure) -> list[tuple[float, float]]:
    step = len(figure.course) // POINTS + 1
    return [(round(second, 2), round(value, 2)) for second, value in figure.course[::step]]


def _scale(figures: Sequence[Figure]) -> float:
    """Per cent of the width for one unit, so that values and goals of figures drawn together fit."""
    most = max(max(figure.high, figure.bound or 0) for figure in figures)
    return 96 / most if most > 0 else 0


def _line(figure: Figure) -> str:
    """The course as points of an SVG polyline, 300 wide and 30 high."""
    course = _thinned(figure)
    last, most = course[-1][0] or 1, max(value for _, value in course) or 1
    return " ".join(f"{second / last * 300:.1f},{30 - value / most * 28:.1f}" for second, value in course)


PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Jejak: bench</title>
<style>
 body { font: 15px/1.45 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; color: #1b2733 }
 h2 { margin: 2.2rem 0 .4rem; font-size: 1.15rem } small, .goal, dt { color: #5b6875 }
 dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem } dd { margin: 0 }
 table { width: 100%; border-collapse: collapse; margin: .3rem 0 1rem; font-variant-numeric: tabular-nums }
 td { padding: .22rem .6rem .22rem 0; border-top: 1px solid #e5e9ed; vertical-align: middle }
 td:nth-child(1) { width: 34% } td:nth-child(2) { width: 36% } td:nth-child(3) { text-align: right }
 .bar { position: relative; height: 16px; background: #f3f5f7 }
 .bar i { position: absolute; top: 2px; bottom: 2px; background: #7aa7d9; border-radius: 1px }
 .bar b { position: absolute; top: 7px; height: 2px; background: #1b2733 }
 .bar u { position: absolute; top: -2px; bottom: -2px; width: 0; border-left: 2px dashed #c0562f }
 .met { color: #1a7f37 } .missed { color: #c0361f; font-weight: 600 }
 svg { display: block } polyline { fill: none; stroke: #7aa7d9; stroke-width: 1.5 }
</style>
<h1>Jejak: bench</h1>
<dl>{% for name, value in head.items() if name != "options" %}<dt>{{ name }}<dd>{{ value }}{% endfor %}
<dt>options<dd><small>{% for name, value in head.options.items() %}{{ name }}={{ value }} {% endfor %}</small></dl>
<p><small>A bar reaches to the median of the rounds, the dark line from the lowest to the highest; dashed: the goal.
Figures of one table share a scale. A limit was taken in the same round as what stands beside it.</small></p>
{% for measure, title, tables in groups %}
<h2>{{ measure }} · {{ title }}</h2>
{% for figures in tables %}
{% set per = scale(figures) %}
<table>{% for figure in figures %}
<tr><td>{{ figure.name }}<td><div class="bar"><i style="left:0;width:{{ figure.middle * per }}%"></i>
<b style="left:{{ figure.low * per }}%;width:{{ (figure.high - figure.low) * per }}%"></b>
{% if figure.bound is not none %}<u style="left:{{ figure.bound * per }}%"></u>{% endif %}</div>
{% if figure.course %}<svg width="300" height="32"><polyline points="{{ line(figure) }}"/></svg>{% endif %}
<td>{{ shown(figure.middle) }} {{ figure.unit }}<br><small>{{ shown(figure.low) }} to {{ shown(figure.high) }}</small>
<td class="goal">{{ figure.goal }}
{% if figure.met is not none %}<span class="{{ 'met' if figure.met else 'missed' }}">{{ 'met' if figure.met else 'missed' }}</span>{% endif %}
{% endfor %}</table>
{% endfor %}
{% endfor %}
""")
