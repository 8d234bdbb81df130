"""Declaring conflicts of interest, and asking for them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.store.sets import one_of
from contracts.callers import Caller
from credit.conflicts.tables import conflicts
from credit.domain.books import Regulations
from credit.domain.conflicts import Why
from credit.people import PEOPLE
from roster.outside import stood_above

DECLARE = text(
    "INSERT INTO conflicts (judge_id, person_id, declared_at) VALUES (:judge, :person, :now) ON CONFLICT DO NOTHING"
)


async def declare(session: AsyncSession, person_id: UUID, caller: Caller[Regulations]) -> None:
    """Says that the caller has a conflict of interest with somebody in their reach. Raises Refused `person-unknown`."""
    known = select(PEOPLE.c.person_id).where(PEOPLE.c.person_id == person_id, PEOPLE.seen_by(caller))
    if await session.scalar(known) is None:
        raise Refused("person-unknown", "person_id")
    given = {"judge": caller.speaks_for("person"), "person": person_id, "now": caller.now}
    await session.execute(DECLARE, given)


async def conflicted(session: AsyncSession, people: Collection[UUID], caller: Caller[Regulations]) -> dict[UUID, Why]:
    """With whom of these people the caller, or whoever they act for, may not deal, and why. A token that names nobody has no conflicts."""
    judges = caller.actor.people
    if not judges or not people:
        return {}
    rules = caller.rules.conflicts.at(caller.today).tables
    above = await stood_above(session, {*people, *judges}, caller.today)
    rows = await session.execute(
        select(conflicts.c.judge_id, conflicts.c.person_id).where(
            one_of(conflicts.c.judge_id, judges), one_of(conflicts.c.person_id, people)
        )
    )
    declared = {(row.judge_id, row.person_id) for row in rows}
    found: dict[UUID, Why] = {}
    for person_id in people:
        if why := rules.between(judges, person_id, above, declared):
            found[person_id] = why
    return found


async def check_no_conflict(session: AsyncSession, person_id: UUID, caller: Caller[Regulations]) -> None:
    """Refuses whoever has a conflict of interest with somebody (`conflict-of-interest`)."""
    for why in (await conflicted(session, [person_id], caller)).values():
        raise Refused("conflict-of-interest", why=why)
