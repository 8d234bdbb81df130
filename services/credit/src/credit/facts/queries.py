"""Reading facts."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from contracts.callers import Caller
from credit.domain.books import Regulations
from credit.facts.schemas import FactOut, FactsOut
from credit.facts.tables import facts
from credit.ledger.queries import seen_person
from credit.people import PEOPLE


async def read_fact(session: AsyncSession, fact_id: UUID, caller: Caller[Regulations]) -> FactOut:
    """A fact. Raises Refused `not-found` for one of somebody outside the caller's reach."""
    asked = select(facts).join(PEOPLE.table, PEOPLE.c.person_id == facts.c.person_id)
    found = await session.execute(asked.where(facts.c.id == fact_id, PEOPLE.seen_by(caller)))
    row = found.mappings().one_or_none()
    if row is None:
        raise Refused("not-found")
    return FactOut(**row)


async def read_facts(session: AsyncSession, person_id: UUID, caller: Caller[Regulations]) -> FactsOut:
    """All that was recorded of somebody, withdrawn or not. Raises Refused `not-found`."""
    await seen_person(session, person_id, caller)
    asked = select(facts).where(facts.c.person_id == person_id).order_by(facts.c.day.desc(), facts.c.id)
    rows = (await session.execute(asked)).mappings()
    return FactsOut(person_id=person_id, facts=[FactOut(**row) for row in rows])
