"""Comparing a list with reports, and reporting what is missing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.store.sets import one_of
from connectors.domain.payloads import Told, account
from connectors.mapping.names import user_of
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
    others = [[_user(agent, nip_key) for agent in each.also] for each in listed]
    named = [
        ([word.user.key, *other], word.course.key, _when(each, word.day))
        for each, word, other in zip(listed, words, others, strict=True)
    ]
    signals = Signal.table().c
    query = select(signals.actor, signals.course, signals.day).where(
        signals.connection_id == connection.id,
        signals.says == "finished",
        one_of(signals.actor, {actor for actors, _, _ in named for actor in actors}),
        one_of(signals.course, {course for _, course, _ in named}),
    )
    known = {(row.actor, row.course, when) for row in await session.execute(query) for when in (row.day, row.day.year)}
    missing = [
        place
        for place, (actors, course, when) in enumerate(named)
        if known.isdisjoint((actor, course, when) for actor in actors)
    ]
    if take and missing:
        await take_words(session, connection, [words[place] for place in missing], (), now)
    return missing


def _user(agent: Mapping[str, Any], nip_key: str) -> bytes:
    user = user_of(agent, nip_key)
    assert user is not None, "each list names users"  # noqa: S101 - tells the type checker
    return user.key


def _when(told: Told, day: date) -> date | int:
    """What is told again with another moment counts once: on a day, or in a year."""
    return day if told.again == "day" else day.year


def _told(line: CompletionIn, place: int, site: str) -> Told:
    names = [each for each in (line.nip, line.account, line.email) if each is not None]
    if len(names) != 1:
        raise Refused("one-name", field=f"completions.{place}")
    agent = {"mbox": f"mailto:{line.email}"} if line.email else account(site, names[0])
    return Told("finished", agent, line.course, None, line.completed_at, "list")
