"""Declaring conflicts of interest."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from contracts.callers import Caller
from credit.domain.books import Regulations
from credit.people import PEOPLE

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
