"""Writing stakeholders: what changes holds from today on, and what stood before stays readable for its days."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import new_id
from common.refused import Refused
from contracts.callers import Caller
from registry.stakeholders.schemas import StakeholderIn
from registry.stakeholders.tables import Stakeholder


async def add(session: AsyncSession, document: StakeholderIn, caller: Caller[None]) -> Stakeholder:
    """One more."""
    return await _stored(session, new_id(), document, caller)


async def change(
    session: AsyncSession, stakeholder_id: UUID, document: StakeholderIn, caller: Caller[None]
) -> Stakeholder:
    """What holds from today on; written again on the same day, it replaces what was written. Raises Refused `not-found`."""
    present = await _present(session, stakeholder_id)
    if present.model_dump(include={*StakeholderIn.model_fields}) == document.model_dump():
        return present
    await _end(session, present, caller)
    return await _stored(session, stakeholder_id, document, caller)


async def end(session: AsyncSession, stakeholder_id: UUID, caller: Caller[None]) -> Stakeholder:
    """Takes part no more from today on; what was written today is as if it had not been. Raises Refused `not-found`."""
    present = await _present(session, stakeholder_id)
    await _end(session, present, caller)
    return present


async def _present(session: AsyncSession, stakeholder_id: UUID) -> Stakeholder:
    found = select(Stakeholder).where(col(Stakeholder.id) == stakeholder_id, col(Stakeholder.valid_to).is_(None))
    row = await session.scalar(found.with_for_update())
    if row is None:
        raise Refused("not-found")
    return row


async def _end(session: AsyncSession, present: Stakeholder, caller: Caller[None]) -> None:
    if present.valid_from >= caller.today:
        await session.delete(present)
    present.valid_to = caller.today
    await session.flush()


async def _stored(
    session: AsyncSession, stakeholder_id: UUID, document: StakeholderIn, caller: Caller[None]
) -> Stakeholder:
    row = Stakeholder(id=stakeholder_id, valid_from=caller.today, valid_to=None, **document.model_dump())
    session.add(row)
    await session.flush()
    return row
