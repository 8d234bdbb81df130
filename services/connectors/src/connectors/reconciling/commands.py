"""Comparing a list with reports, and reporting what is missing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.store.sets import one_of
from connectors.domain.payloads import Told, account
from connectors.reconciling.schemas import CompletionIn, ListIn
from connectors.signals.commands import take as take_words
from connectors.signals.news import said_of
from connectors.signals.tables import Signal
from connectors.signing.reach import reached
from connectors.signing.tables import Connection
from contracts.callers import Caller


async def of_caller(session: AsyncSession, connection_id: UUID, caller: Caller[None]) -> Connection:
    """A connection of the caller's. Raises Refused: `not-found`, `connection-disabled`."""
    found = await session.scalar(select(Connection).where(col(Connection.id) == connection_id, reached(caller)))
    if found is None:
        raise Refused("not-found")
    if not found.enabled:
        raise Refused("connection-disabled")
    return found


def read(document: ListIn) -> list[Told]:
    """What a list tells. Raises Refused `one-name` with the line that names somebody by none or by several."""
    return [_told(each, number, document.site) for number, each in enumerate(document.completions)]


async def compare(
    session: AsyncSession, connection: Connection, listed: Sequence[Told], nip_key: str, now: datetime, *, take: bool
) -> list[int]:
    """Which of these nobody has reported yet, by their places in the list; with `take` they are reported now.

    Statements do not grow with the list.
    """
    words = [said_of(each, connection.id, nip_key) for each in listed]
    days = {(each.user.key, each.course.key, each.day) for each in words}
    signals = Signal.table().c
    query = select(signals.actor, signals.course, signals.day).where(
        signals.connection_id == connection.id,
        signals.says == "finished",
        one_of(signals.actor, {actor for actor, _, _ in days}),
        one_of(signals.course, {course for _, course, _ in days}),
    )
    known = {tuple(row) for row in await session.execute(query)}
    missing = [place for place, each in enumerate(words) if (each.user.key, each.course.key, each.day) not in known]
    if take and missing:
        await take_words(session, connection, [words[place] for place in missing], (), now)
    return missing


def _told(line: CompletionIn, place: int, site: str) -> Told:
    names = [each for each in (line.nip, line.account, line.email) if each is not None]
    if len(names) != 1:
        raise Refused("one-name", field=f"completions.{place}")
    agent = {"mbox": f"mailto:{line.email}"} if line.email else account(site, names[0])
    return Told("finished", agent, line.course, None, line.completed_at, "list")
