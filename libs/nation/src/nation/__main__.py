"""`python -m nation generate` writes a nation to files; `load` sends it to a running stack, and then `reform` its reforms."""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from nation.faults import Fault, plant
from nation.generate import Nation
from nation.load import load
from nation.orders import reform
from nation.session import LoadError, Stack
from nation.summary import LoadSummary, StreamSummary

BAR = 30  # characters


def main() -> int:
    """0 when all went as foretold, 1 when an answer was another one, 2 when it could not be done."""
    arguments = _parser().parse_args()
    try:
        nation = Nation(
            today=arguments.today,
            year=arguments.year or arguments.today.year,
            seed=arguments.seed,
            agencies=arguments.agencies,
            people=arguments.people,
            predicate_share=arguments.predicate_share,
        )
        if arguments.command == "generate":
            return _generate(nation, arguments.out)
        stack = Stack.read(arguments.stack)
        return _load(nation, stack) if arguments.command == "load" else _reform(nation, stack)
    except (LoadError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    sizes = argparse.ArgumentParser(add_help=False)
    sizes.add_argument("--seed", type=int, default=1, help="same seed, same nation (default 1)")
    sizes.add_argument("--agencies", type=int, default=40, help="Indonesia: 606 in 2022, in the bench 640 (default 40)")
    sizes.add_argument("--people", type=int, default=20_000, help="(default 20000)")
    sizes.add_argument("--predicate-share", type=float, default=1 / 3, help="people with a rating (default a third)")
    sizes.add_argument("--year", type=int, help="the year of learning (default: that of --today)")
    sizes.add_argument(
        "--today",
        type=date.fromisoformat,
        default=datetime.now(ZoneInfo("Asia/Jakarta")).date(),
        help="nothing is later than this day (default: today in Jakarta)",
    )
    parser = argparse.ArgumentParser(prog="python -m nation", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    generate = commands.add_parser("generate", parents=[sizes], help="write NDJSON files and faults.json")
    generate.add_argument("--out", type=Path, required=True, help="folder for the files")
    sending = commands.add_parser("load", parents=[sizes], help="send the nation through the APIs of a stack")
    reforming = commands.add_parser(
        "reform", parents=[sizes], help="merge and split agencies of the nation that was sent"
    )
    for command in (sending, reforming):
        command.add_argument(
            "--stack", type=Path, default=Path(".jejak/stack.json"), help="(default .jejak/stack.json)"
        )
    return parser


def _generate(nation: Nation, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    faults: list[Fault] = []
    lines = 0
    for stream in (*nation.streams(), nation.exemption_stream(), nation.address_stream(), nation.reform_stream()):
        with (folder / f"{stream.name}.ndjson").open("wb") as file:
            for planted in plant(nation, stream):
                file.write(planted.body)
                lines += 1
                if planted.fault:
                    faults.append(planted.fault)
        _show(lines, lines, stream.name)
    (folder / "faults.json").write_text(json.dumps([asdict(fault) for fault in faults], indent=1) + "\n")
    print(f"\n{lines:,} lines in {folder}, {len(faults):,} of them planted faults (faults.json)")
    return 0


def _load(nation: Nation, stack: Stack) -> int:
    summary = asyncio.run(load(stack, nation, _show))
    print(file=sys.stderr)
    _print(summary)
    return 0 if summary.ok else 1


def _reform(nation: Nation, stack: Stack) -> int:
    summary = asyncio.run(reform(stack, nation))
    print(f"{summary.stored} agencies have merged or were split; {summary.planted} faults were planted")
    _print_surprises(summary)
    return 0 if summary.ok else 1


def _show(done: int, total: int, label: str) -> None:
    """A bar that is written over itself."""
    filled = BAR * done // total if total else BAR
    print(f"\r\x1b[K[{'#' * filled}{'.' * (BAR - filled)}] {done:>10,} {label}", end="", file=sys.stderr, flush=True)


def _print(summary: LoadSummary) -> None:
    print(
        f"{'':24}{'lines':>10}{'stored':>10}{'changed':>10}{'same':>10}{'duplicate':>10}{'refused':>10}{'lines/s':>10}"
    )
    for stream in summary.streams.values():
        print(
            f"{stream.label:24}{stream.sent:>10,}{stream.stored:>10,}{stream.updated:>10,}{stream.unchanged:>10,}"
            f"{stream.duplicate:>10,}{stream.refused.total():>10,}{stream.rate:>10,.0f}"
        )
    cases = summary.cases
    print(
        f"credit cases: {cases.found:,} found, {cases.checked:,} checked, {cases.attested:,} attested,"
        f" {cases.returned:,} returned, {cases.left:,} left"
    )
    planted = sum(stream.planted for stream in summary.streams.values())
    wrong = sum(stream.missing.total for stream in summary.streams.values())
    print(f"planted faults: {planted - wrong:,} of {planted:,} answered as foretold; {summary.seconds:.1f} s in all")
    for stream in summary.streams.values():
        _print_surprises(stream)


def _print_surprises(stream: StreamSummary) -> None:
    for surprise in (*stream.missing.examples, *stream.unexpected.examples):
        print(
            f"{surprise.stream} line {surprise.line} ({surprise.kind or 'good line'}):"
            f" expected {surprise.expected}, got {surprise.got}"
        )


if __name__ == "__main__":
    sys.exit(main())
