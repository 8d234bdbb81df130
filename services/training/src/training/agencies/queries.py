"""By which clock agencies work."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.zone import Zone
from training.agencies.tables import AGENCIES


async def zones_of(session: AsyncSession, agency_ids: Collection[UUID]) -> Mapping[UUID, Zone]:
    """The zones of these agencies, as far as the registry has told of them."""
    found = select(AGENCIES.c.agency_id, AGENCIES.c.zone).where(AGENCIES.c.agency_id.in_(agency_ids))
    return {row.agency_id: row.zone for row in await session.execute(found)}
