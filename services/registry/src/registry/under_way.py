"""Which agencies take part in a reform that has not ended.

Until its job has ended, posts are with their new agency and some of their holders are not: whoever counts seats waits.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_UNDER_WAY = text(
    "SELECT DISTINCT unnest(agency_ids) FROM reforms JOIN jobs ON jobs.id = job_id"
    " WHERE state IN ('queued', 'running') AND agency_ids && CAST(:ids AS uuid[])"
)


async def under_way(session: AsyncSession, agency_ids: Collection[UUID]) -> frozenset[UUID]:
    """The agencies that a reform has together with any of these."""
    return frozenset(await session.scalars(_UNDER_WAY, {"ids": list(agency_ids)}))
