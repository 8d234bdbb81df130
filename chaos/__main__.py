"""`make chaos`: seeds of faults, and books that must balance after each; exits with 1 when they do not.

python -m chaos --seed 7                     one seed, fault by fault
python -m chaos --seeds 1..200               many, a line each
python -m chaos --seeds 1..10 --round 10     ten without a pause, and the books once after them (`make chaos-short`)
python -m chaos --large --seeds 1..20        tens of thousands of trainings a seed
python -m chaos --scene disk-full --seed 1   faults that need a stage of their own
python -m chaos --planted NAME --seeds 1..10 exits with 0 when the bug NAME is caught
"""

import argparse
import asyncio
import contextlib
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from traceback import format_exception

import uvloop
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chaos import tally
from chaos.arena import LARGE, ORDINARY, SMALL, Arena, Scale, arena
from chaos.clients import History
from chaos.faults import FAULTS
from chaos.planted import NAMES
from chaos.scenes import SCENES, Scene
from chaos.trial import Outcome, trials
from jejak_local.processes import run as to_the_end

SEEDS_A_STACK = 8
"""After so many trials a new stack: the books of all are checked each time, and grow."""

console = Console(highlight=False, soft_wrap=True)


@dataclass
class Stage:
    """The stack in use, renewed when it is worn or its books are broken."""

    scale: Scale
    scene: Scene
    planted: str
    loud: bool
    _open: contextlib.AsyncExitStack
    _arena: Arena | None = None
    _histories: list[History] | None = None

    async def run(self, seeds: Sequence[int]) -> Outcome:
        """The trials of some seeds, and the books after them."""
        if self._arena is None or self._histories is None:
            self._arena = await self._open.enter_async_context(
                arena(scale=self.scale, setting=self.scene.setting, planted=self.planted, say=self._say)
            )
            self._histories = []
        try:
            outcome = await trials(self._arena, seeds, self.scene, self._histories)
        except Exception as error:  # noqa: BLE001 - a bug of ours must neither pass for books that balance nor end the run
            outcome = Outcome(seeds, error="".join(format_exception(error)))
        if outcome.broken or outcome.error:
            logs = tally.FOLDER / f"seed-{seeds[0]}-logs"
            shutil.copytree(self._arena.stack.root / "logs", logs, dirs_exist_ok=True)
            console.print(f"The logs: {logs}")
        if outcome.broken or outcome.error or len(self._histories) >= SEEDS_A_STACK:
            await self.clear()
        return outcome

    async def clear(self) -> None:
        """Takes the stack down."""
        self._arena = self._histories = None
        await self._open.aclose()
        self._open = contextlib.AsyncExitStack()

    def _say(self, line: str) -> None:
        if self.loud:
            console.print(line)


@contextlib.asynccontextmanager
async def stage(scale: Scale, scene: Scene, planted: str, *, loud: bool) -> AsyncIterator[Stage]:
    """A place for trials; its stack is taken down at the end."""
    made = Stage(scale, scene, planted, loud, contextlib.AsyncExitStack())
    try:
        yield made
    finally:
        await made.clear()


def _seeds(words: str) -> range:
    first, _, last = words.partition("..")
    return range(int(first), int(last or first) + 1)


async def run(options: argparse.Namespace) -> list[Outcome]:
    """All trials; with a planted bug until it is caught."""
    outcomes: list[Outcome] = []
    scale = LARGE if options.large else SMALL
    if options.seconds:
        scale = replace(scale, seconds=options.seconds)
    scene = SCENES.get(options.scene, Scene(ORDINARY, FAULTS))
    async with stage(scale, scene, options.planted, loud=len(options.seeds) == 1) as made:
        for first in range(0, len(options.seeds), options.round):
            outcome = await made.run(options.seeds[first : first + options.round])
            outcomes.append(outcome)
            so_far = tally.keep(outcome.as_json(), planted=options.planted, scene=options.scene, large=options.large)
            _show(outcome, so_far, options)
            if options.planted and outcome.broken:
                break
    return outcomes


def _show(outcome: Outcome, so_far: tally.Tally, options: argparse.Namespace) -> None:
    if len(options.seeds) == 1:
        table = Table("what must hold", "", "figures", title=f"seed {outcome.seeds[0]}")
        for finding in outcome.findings:
            table.add_row(finding.holds, "[green]holds[/]" if finding.ok else "[red]broken[/]", escape(finding.figures))
        console.print(table)
        console.print(", ".join(f"{what}: {number}" for what, number in sorted(outcome.counted.items())))
    verdict = "[red]broken[/]" if outcome.broken else "[red]not checked[/]" if outcome.error else "[green]holds[/]"
    console.print(
        f"{_named(outcome.seeds):>12}  {verdict}  {outcome.faults:>3} faults  {outcome.completions:>7,} trainings "
        f" {outcome.attested:>6,} attested  at rest after {outcome.to_rest:>4.1f} s  {outcome.seconds:>5.1f} s in all"
    )
    for finding in outcome.broken:
        console.print(f"  [red]{finding.holds}[/]: {escape(finding.figures)}")
    if outcome.error:
        console.print(f"  [red]A bug of the harness[/]:\n{escape(outcome.error)}")
    if options.planted:
        return
    for seed in outcome.suspects if outcome.broken else ():
        console.print(f"  again: {_command(seed, options)}")
    console.print(
        f"{'so far':>12}  {so_far.faults:,} faults  {so_far.completions:,} trainings in {so_far.rounds} rounds,"
        f" {so_far.broken} broken ({tally.ROUNDS})"
    )


def _named(seeds: Sequence[int]) -> str:
    return f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]}..{seeds[-1]}"


def _command(seed: int, options: argparse.Namespace) -> str:
    """What runs the trial of a seed again."""
    words = ["python -m chaos", f"--seed {seed}"]
    words += [f"--scene {options.scene}"] if options.scene else []
    words += ["--large"] if options.large else []
    words += [f"--seconds {options.seconds:g}"] if options.seconds else []
    return " ".join(words)


def _total(outcomes: Sequence[Outcome]) -> None:
    table = Table("seeds", "faults", "trainings", "attested", "broken", "seconds to rest: median, most")
    rests = sorted(outcome.to_rest for outcome in outcomes)
    table.add_row(
        str(sum(len(outcome.seeds) for outcome in outcomes)),
        f"{sum(outcome.faults for outcome in outcomes):,}",
        f"{sum(outcome.completions for outcome in outcomes):,}",
        f"{sum(outcome.attested for outcome in outcomes):,}",
        str(sum(bool(outcome.broken) for outcome in outcomes)),
        f"{rests[len(rests) // 2]:.1f}, {rests[-1]:.1f}",
    )
    console.print(table)


async def _judged(options: argparse.Namespace) -> int:
    begun = monotonic()
    outcomes = await run(options)
    if len(options.seeds) > 1:
        _total(outcomes)
    broken = any(outcome.broken for outcome in outcomes)
    if options.planted:
        console.print(f"{options.planted}: {'caught' if broken else 'NOT caught'} after {monotonic() - begun:.0f} s")
        return int(not broken)
    return int(broken or any(outcome.error for outcome in outcomes))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", "--seeds", dest="seeds", type=_seeds, default=range(1, 11), metavar="A..B")
    parser.add_argument(
        "--large", action="store_true", help="thousands of people, uploads of tens of thousands of lines"
    )
    parser.add_argument(
        "--seconds", type=float, help=f"of faults, each seed; else {SMALL.seconds}, {LARGE.seconds} with --large"
    )
    parser.add_argument(
        "--round", type=int, default=1, help="seeds, one after the other, before each check of the books"
    )
    parser.add_argument("--scene", default="", choices=SCENES, help="a stage of its own, with the faults that need it")
    parser.add_argument("--planted", default="", choices=NAMES, help="put this bug into the services")
    options = parser.parse_args()
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    sys.exit(to_the_end(_judged(options)))


if __name__ == "__main__":
    main()
