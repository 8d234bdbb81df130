"""Reading reforms."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from registry.reforms.schemas import ReformOut
from registry.reforms.tables import reforms


async def reform(session: AsyncSession, reform_id: UUID) -> ReformOut:
    """A reform. Raises Refused `not-found`."""
    row = (await session.execute(select(reforms).where(reforms.c.id == reform_id))).one_or_none()
    if row is None:
        raise Refused("not-found")
    return ReformOut(
        id=row.id,
        job_id=row.job_id,
        agency_id=row.agency_id,
        on=row.effective_on,
        shares=row.shares,
        ordered_at=row.ordered_at,
    )
