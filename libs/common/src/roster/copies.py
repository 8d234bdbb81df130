"""Keeping a copy of what the registry tells of: the newest state of each, whatever the order its events come in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Table, delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Event, Reader, Received
from common.messages.inbox import BATCH, Subscription
from common.messages.waiting import admit, release, take_up
from common.store.sets import insert, one_of, overwrite
from contracts import PUBLISHED


@dataclass(frozen=True)
class News:
    """What a batch told that was not known: of whom first, and of whom otherwise than before, each in order of their ids.

    `told` is the newest state of all of them. Of people who were known before, `redated` joined or left on another day
    than it was known, and `moved` served in another agency on some day.
    """

    arrived: Sequence[UUID]
    changed: Sequence[UUID]
    told: Mapping[UUID, Any]
    redated: Sequence[UUID] = ()
    moved: Sequence[UUID] = ()


Hook = Callable[[AsyncSession, News], Awaitable[None]]
"""What a service does when it hears news, in the transaction that keeps them."""


class Copy:
    """A table of what the registry last said of each, by its id; `sequence` is the registry's version."""

    event: ClassVar[type[Event]]
    dates: ClassVar[Sequence[str]] = ()
    """Columns whose change makes somebody `redated`."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.c = table.c
        [key] = table.primary_key
        self.key = key.name
        self.columns = tuple(table.c.keys())
        redated = f"({_listed('old', self.dates)}) IS DISTINCT FROM ({_listed('new', self.dates)})"
        self._then = (
            f"ON CONFLICT ({self.key}) DO UPDATE SET {overwrite(self.columns)}"
            f" WHERE {table.name}.sequence < excluded.sequence"
            f" RETURNING new.{self.key} AS id, old.{self.key} IS NULL AS arrived,"
            f" {redated if self.dates else 'false'} AS redated"
        )
        self._known = text(f"SELECT {self.key} FROM {table.name} WHERE {self.key} = ANY(CAST(:ids AS uuid[]))")  # noqa: S608 - built of names in our own code

    def subscription(
        self, name: str, hook: Hook | None = None, awaited_by: Sequence[Subscription] = ()
    ) -> Subscription:
        """What keeps the copy and lets `hook`, if there is one, know what is new.

        `awaited_by` are the subscriptions whose events wait (`common.messages.waiting`) for who is not known yet:
        these events are handed to them once that one has arrived.
        """

        async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
            news = await self._keep(session, batch, awaited=bool(awaited_by))
            if hook and news.told:
                await hook(session, news)
            for subscription in awaited_by:
                await _release(session, subscription, news.arrived)

        return Subscription(name, self.event.topic, (self.event,), handle)

    async def known(self, session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
        """Which of these the registry has told of."""
        return set(await session.scalars(self._known, {"ids": list(ids)}))

    async def _keep(self, session: AsyncSession, batch: Sequence[Received], *, awaited: bool) -> News:
        """Keeps the newest state of each; what is older than the state known changes nothing."""
        newest = {received.event.key(): received for received in sorted(batch, key=attrgetter("sequence"))}
        # Locked in the order of their ids, as everywhere.
        ids = sorted(newest)
        if awaited and len(await self.known(session, ids)) < len(ids):
            await admit(session)
        rows = [(*self._row(newest[each].event), newest[each].sequence) for each in ids]
        stored = await insert(session, self.table, self.columns, rows, self._then)
        kept = sorted(stored or (), key=lambda row: row.id)
        return News(
            arrived=[row.id for row in kept if row.arrived],
            changed=[row.id for row in kept if not row.arrived],
            told={row.id: newest[row.id].event for row in kept},
            redated=[row.id for row in kept if row.redated and not row.arrived],
        )

    def _row(self, event: Any) -> Sequence[Any]:
        return [getattr(event, column) for column in self.columns[:-1]]


class DatedCopy(Copy):
    """A copy with one history, that of its `states`: a row is a period, and `number` its place in it."""

    def __init__(self, table: Table, states: Table) -> None:
        super().__init__(table)
        self.states = states

    async def _keep(self, session: AsyncSession, batch: Sequence[Received], *, awaited: bool) -> News:
        news = await super()._keep(session, batch, awaited=awaited)
        if news.told:
            columns = self.states.c.keys()[2:]
            rows: list[Sequence[Any]] = [
                (each, number, *(getattr(state, column) for column in columns))
                for each, told in news.told.items()
                for number, state in enumerate(self._states(told), 1)
            ]
            await retell(session, self.states, list(news.told), rows)
        return news

    def _states(self, event: Any) -> Sequence[Any]:
        return event.states


async def retell(
    session: AsyncSession, table: Table, ids: Sequence[UUID], rows: Sequence[Sequence[Any]]
) -> Sequence[Any]:
    """Replaces a history of these whole, and returns the rows there were before."""
    key = next(iter(table.primary_key))
    before = await session.execute(delete(table).where(one_of(key, ids)).returning(*table.c))
    await insert(session, table, table.c.keys(), rows)
    return before.all()


async def _release(session: AsyncSession, subscription: Subscription, arrived: Sequence[UUID]) -> None:
    if not arrived:
        return
    reader = Reader(subscription.wanted, PUBLISHED)
    waited = await release(session, subscription.name, arrived, reader)
    for start in range(0, len(waited), BATCH):
        await take_up(
            session,
            subscription.name,
            waited[start : start + BATCH],
            lambda part: subscription.handler(session, part),
        )


def _listed(row: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{row}.{column}" for column in columns)
