"""The daily sweep of all closed periods, each to its end.

A missed day, a crash or a second run at the same time does no harm.
"""

import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from opentelemetry.context import Context
from opentelemetry.trace import Link
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.store.database import Database
from common.store.transient import insist
from common.telemetry import traced
from training.domain.caturwulan import closed_on, period_of
from training.domain.rules import Book
from training.ledger.commands import open_year
from training.soundings import commands, queries
from training.soundings.queries import Outcome, Task
from training.texts import TEXTS

T = TypeVar("T")

PATIENCE_SECONDS = 300.0
"""How long a step is tried again while the database is away."""


class CannotSweep(Exception):  # noqa: N818 - the name says what has happened
    """What was asked cannot be done; the text says why."""


async def sweep(
    database: Database, clock: Clock, book: Book, *, as_of: date | None = None, again: Sequence[int] | None = None
) -> list[Outcome]:
    """Sweeps every period that is due, and says what each sweep came to that this run has brought to its end.

    The year that has begun is opened for everybody, so that it needs nobody to do it.

    Raises CannotSweep for a date to come, and for an `again` (year, period) that is not over or was
    never swept; LookupError for a year without rules.
    """
    day = as_of or clock.today()
    if day > clock.today():
        raise CannotSweep(TEXTS.tell("sweep.to-come", day=day))
    with traced("sweep") as root:
        run = _Run(database, clock, book, day, Link(root.get_span_context()))
        await run.open_year(clock.today().year)
        async with database.reading() as session:
            if again:
                tasks = [await _repeated(session, day, *again)]
            else:
                tasks = await queries.tasks(session, closed_on(day), day.year)
        outcomes = [await run.sweep(task) for task in tasks]
    return [outcome for outcome in outcomes if outcome is not None]


async def _repeated(session: AsyncSession, day: date, year: int, number: int) -> Task:
    """The task to sweep a period once more, or to go on with a sweep of it that runs. Raises CannotSweep, LookupError."""
    if period_of(year, number).over_from(year) > day:
        raise CannotSweep(TEXTS.tell("sweep.not-over", period=number, year=year, day=day))
    if running := await queries.running_sweep(session, year, number):
        return Task(year, number, sweep_id=running)
    for newest in await queries.newest_sweeps(session, [year]):
        if newest.period == number:
            return Task(year, number, replaces=newest.id)
    raise CannotSweep(TEXTS.tell("sweep.never-swept", period=number, year=year))


@dataclass(frozen=True)
class _Run:
    """One run of the command."""

    database: Database
    clock: Clock
    book: Book
    as_of: date
    origin: Link

    async def sweep(self, task: Task) -> Outcome | None:
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

    async def open_year(self, year: int) -> None:
        """Lays the duty of a year for whoever has none yet."""
        await self._step("open year", lambda s: open_year(s, year, self.book))

    async def _begin(self, task: Task) -> UUID | None:
        _progress(task, TEXTS.tell("sweep.looking"))
        await self.open_year(task.year)
        period = period_of(task.year, task.period)
        begun = await self._step(
            "begin", lambda s: commands.begin(s, self.clock, task.year, period, self.as_of, task.replaces)
        )
        if begun:
            return begun
        async with self.database.reading() as session:
            return await queries.running_sweep(session, task.year, task.period)

    async def _step(self, name: str, act: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """A transaction in a trace of its own, linked to the run's: a single trace would grow without end."""

        async def once() -> T:
            async with self.database.transaction() as session:
                return await act(session)

        with traced(f"sweep {name}", context=Context(), links=[self.origin]):
            return await insist(once, seconds=PATIENCE_SECONDS, what=f"sweep {name}")


def _progress(task: Task, what: str) -> None:
    sys.stderr.write(f"{task.year}/{task.period}: {what}\n")
