"""Reading the queue."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.sets import one_of
from common.web.pages import Window
from contracts.callers import Caller
from credit.conflicts.queries import no_conflict
from credit.domain.books import Regulations
from credit.domain.waiting import Awaits
from credit.queue.schemas import NarrowedIn, QueuedOut, QueueOut
from credit.queue.tables import queue

DECIDES: dict[str, Awaits] = {"verifier": "check", "validator": "attest"}
"""Who takes which decision."""
BY_PLACE: TypeAdapter[tuple[date, UUID]] = TypeAdapter(tuple[date, UUID])
AWAKE = text(
    "NOT EXISTS (SELECT FROM restrictions r WHERE r.person_id = queue.person_id AND jsonb_exists(r.parts, 'cases'))"
)
"""Cases that rest at their person's request wait for nobody."""
APART = text(
    """
    CAST(queue.person_id AS text) <> ALL(CAST(:hands AS text[])) AND NOT EXISTS (
        SELECT FROM cases c LEFT JOIN evidence e ON e.record_id = c.record_id
        WHERE c.id = queue.case_id AND (
            (c.submitters || coalesce(c.checkers, '{}')) && CAST(:hands AS text[])
            OR jsonb_exists_any(e.hands, CAST(:hands AS text[]))
        )
    )
    """
)
"""Whoever submitted or checked a case, or it is about, may not decide it: it does not wait for them."""


def decisions_of(caller: Caller[Regulations]) -> list[Awaits]:
    """The decisions that this caller takes."""
    return [decision for role, decision in DECIDES.items() if role in caller.roles]


def narrowed(asked: NarrowedIn, caller: Caller[Regulations]) -> ColumnElement[bool]:
    """The cases within the caller's reach that they may decide now, and are of those asked for."""
    return and_(_within_reach(asked, caller), no_conflict("queue.person_id", caller))


def _within_reach(asked: NarrowedIn, caller: Caller[Regulations]) -> ColumnElement[bool]:
    """The same, and those of people with whom the caller has a conflict."""
    found = [
        caller.sees(queue.c.agency_id),
        # Of one agency and one decision, an IN is an equality, and the index gives a page in its order.
        queue.c.awaits.in_(decisions_of(caller)),
        AWAKE,
        APART.bindparams(hands=sorted(caller.actor.hands)),
    ]
    if asked.agency_id is not None:
        found.append(queue.c.agency_id == asked.agency_id)
    if asked.kind is not None:
        found.append(queue.c.kind == asked.kind)
    if asked.jenjang is not None:
        found.append(queue.c.jenjang == asked.jenjang)
    if asked.overdue:
        found.append(queue.c.due_on < caller.today)
    return and_(*found)


def in_hands(caller: Caller[Regulations]) -> ColumnElement[bool]:
    """The cases in the caller's hands now: those they took, and those that whoever they act for has."""
    whose = caller.acting_for or caller.person
    theirs = queue.c.held_by == caller.subject
    return and_(queue.c.held_until > caller.now, theirs if whose is None else or_(theirs, queue.c.held_for == whose))


async def queue_page(
    session: AsyncSession, window: Window, asked: NarrowedIn, caller: Caller[Regulations], *, held: bool
) -> QueueOut:
    """The cases that wait for the caller, or of these the ones in their hands, the most urgent first."""
    found = _in_order().where(narrowed(asked, caller)).limit(window.limit + 1)
    if held:
        found = found.where(in_hands(caller))
    if seen := window.seen(BY_PLACE):
        found = found.where(tuple_(queue.c.wanted_by, queue.c.case_id) > tuple_(*seen))
    shown = [_shown(row, caller) for row in await session.execute(found)]
    page = window.page(shown, lambda item: [item.wanted_by, item.case_id])
    # Where nothing waits for them, whatever is within their reach is kept from them by a conflict alone.
    nothing = not (shown or held or window.after)
    withheld = nothing and bool(await session.scalar(select(exists().where(_within_reach(asked, caller)))))
    return QueueOut(items=page.items, next=page.next, withheld=withheld)


async def queued(session: AsyncSession, ids: Collection[UUID], caller: Caller[Regulations]) -> list[QueuedOut]:
    """These cases, the most urgent first."""
    return [_shown(row, caller) for row in await session.execute(_in_order().where(one_of(queue.c.case_id, ids)))]


async def number_in_hands(session: AsyncSession, caller: Caller[Regulations]) -> int:
    """How many cases are in the caller's hands."""
    return (await session.scalar(select(func.count()).select_from(queue).where(in_hands(caller)))) or 0


def _in_order() -> Select[Any]:
    return select(queue).order_by(queue.c.wanted_by, queue.c.case_id)


def _shown(row: Any, caller: Caller[Regulations]) -> QueuedOut:
    held = row.held_until is not None and row.held_until > caller.now
    told = {**row._mapping, "held_until": row.held_until if held else None}  # noqa: SLF001 - how SQLAlchemy names it
    return QueuedOut(**told, overdue=row.due_on < caller.today)
