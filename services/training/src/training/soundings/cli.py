"""`python -m training sweep`: sweeps the closed caturwulan periods that were not swept yet.

Meant to run every day: a missed day, a crash or a second run at the same time does no harm.
"""

import argparse
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from opentelemetry.context import Context
from opentelemetry.trace import Link
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.fields import Day
from common.parts import Parts
from common.store.database import Database
from common.store.transient import insist
from common.telemetry import traced
from common.texts import number, operator_language
from training.domain.caturwulan import closed_on, period_of
from training.domain.rules import Book
from training.ledger.commands import open_year
from training.soundings import commands, queries
from training.soundings.queries import Outcome, Work
from training.texts import TEXTS

T = TypeVar("T")

PATIENCE_SECONDS = 300.0
WIDTHS = (8, 10, 11, 11, 8, 7, 8)


DAY = TypeAdapter(Day)


class CannotSweep(Exception):  # noqa: N818 - names what it is
    """What was asked cannot be done; the text says why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "--as-of",
        type=_day,
        metavar="YYYY-MM-DD",
        help="take the periods closed on this date, and people where they served on it (default: today)",
    )
    parser.add_argument(
        "--again", type=int, nargs=2, metavar=("YEAR", "PERIOD"), help="sweep a period that was swept before once more"
    )


def _day(written: str) -> date:
    try:
        return DAY.validate_python(written)
    except ValidationError:
        raise argparse.ArgumentTypeError(f"not YYYY-MM-DD: {written}") from None


async def run(options: argparse.Namespace, parts: Parts) -> int:
    """The command."""
    try:
        outcomes = await sweep(parts.database, parts.clock, parts.rules, as_of=options.as_of, again=options.again)
    except (CannotSweep, LookupError) as error:
        why = error if isinstance(error, CannotSweep) else TEXTS.tell("sweep.no-such-period")
        sys.stderr.write(TEXTS.tell("sweep.nothing", why=why) + "\n")
        return 2
    sys.stdout.write(_table(outcomes) if outcomes else TEXTS.tell("sweep.all-done") + "\n")
    return 0


async def sweep(
    database: Database, clock: Clock, book: Book, *, as_of: date | None = None, again: Sequence[int] | None = None
) -> list[Outcome]:
    """Does all there is to do, and says what each sweep came to that it worked on to the end.

    Raises CannotSweep for a date to come, and for an `again` (year, period) that is not over or was
    never swept; LookupError for a year without rules.
    """
    day = as_of or clock.today()
    if day > clock.today():
        raise CannotSweep(TEXTS.tell("sweep.to-come", day=day))
    with traced("sweep") as root:
        run = _Run(database, clock, book, day, Link(root.get_span_context()))
        async with database.reading() as session:
            if again:
                tasks = [await _repeated(session, day, *again)]
            else:
                tasks = await queries.work(session, closed_on(day), day.year)
        outcomes = [await run.sweep(task) for task in tasks]
    return [outcome for outcome in outcomes if outcome is not None]


async def _repeated(session: AsyncSession, day: date, year: int, number: int) -> Work:
    """The task of sweeping a period once more, or of going on with that. Raises CannotSweep, LookupError."""
    if period_of(year, number).over_from(year) > day:
        raise CannotSweep(TEXTS.tell("sweep.not-over", period=number, year=year, day=day))
    if running := await queries.running_sweep(session, year, number):
        return Work(year, number, sweep_id=running)
    for newest in await queries.newest_sweeps(session, [year]):
        if newest.period == number:
            return Work(year, number, replaces=newest.id)
    raise CannotSweep(TEXTS.tell("sweep.never-swept", period=number, year=year))


@dataclass(frozen=True)
class _Run:
    """One run of the command."""

    database: Database
    clock: Clock
    book: Book
    as_of: date
    origin: Link

    async def sweep(self, task: Work) -> Outcome | None:
        """Sweeps a period to the end; None when another run was faster."""
        started = time.monotonic()
        sweep_id = task.sweep_id or await self._begin(task)
        if sweep_id is None:
            _progress(task, TEXTS.tell("sweep.overtaken"))
            return None
        if task.sweep_id:
            _progress(task, TEXTS.tell("sweep.going-on"))
        while pages := await self._step("announce", lambda s: commands.announce_next(s, self.clock, sweep_id)):
            _progress(task, TEXTS.tell_count("sweep.announced", pages))
        await self._step("finish", lambda s: commands.finish(s, self.clock, sweep_id))
        seconds = time.monotonic() - started
        async with self.database.reading() as session:
            return await queries.outcome(session, sweep_id, seconds)

    async def _begin(self, task: Work) -> UUID | None:
        _progress(task, TEXTS.tell("sweep.looking"))
        await self._step("open year", lambda s: open_year(s, task.year, self.book))
        period = period_of(task.year, task.period)
        begun = await self._step(
            "begin", lambda s: commands.begin(s, self.clock, task.year, period, self.as_of, task.replaces)
        )
        if begun:
            return begun
        async with self.database.reading() as session:
            return await queries.running_sweep(session, task.year, task.period)

    async def _step(self, name: str, act: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """A transaction in a trace of its own that links to the run's: one trace would have no end."""

        async def once() -> T:
            async with self.database.transaction() as session:
                return await act(session)

        with traced(f"sweep {name}", context=Context(), links=[self.origin]):
            return await insist(once, seconds=PATIENCE_SECONDS, what=f"sweep {name}")


def _progress(task: Work, what: str) -> None:
    sys.stderr.write(f"{task.year}/{task.period}: {what}\n")


def _table(outcomes: Sequence[Outcome]) -> str:
    head = (
        TEXTS.tell("sweep.period"),
        TEXTS.tell("sweep.as-of"),
        TEXTS.tell("sweep.people"),
        TEXTS.tell("sweep.short"),
        TEXTS.tell("sweep.agencies"),
        TEXTS.tell("sweep.pages"),
        TEXTS.tell("sweep.seconds"),
    )
    language = operator_language()
    rows = [
        (
            f"{row.year}/{row.period}",
            row.as_of.isoformat(),
            *(number(count, language) for count in (row.people, row.short, row.agencies, row.pages)),
            number(round(Decimal(row.seconds), 1), language),
        )
        for row in outcomes
    ]
    return "".join(_line(cells) for cells in (head, *rows))


def _line(cells: Sequence[str]) -> str:
    return "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True)) + "\n"
