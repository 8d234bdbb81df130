"""Which agencies take part in a reform that has begun or waits, and has not come to its end.

Until its job has ended, posts are with their new agency and some of their holders are not: whoever counts seats waits.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

BEGUN = "(state IN ('queued', 'running') OR state = 'failed' AND position IS NOT NULL)"
"""That the job of a reform is to go on: one that has failed half-way holds its agencies until it is resumed."""

_UNDER_WAY = text(
    "SELECT DISTINCT unnest(agency_ids) FROM reforms JOIN jobs ON jobs.id = job_id"  # noqa: S608 - built of names in this code
    f" WHERE {BEGUN} AND agency_ids && CAST(:ids AS uuid[])"
)


async def under_way(session: AsyncSession, agency_ids: Collection[UUID]) -> frozenset[UUID]:
    """The agencies that a reform has together with any of these."""
    return frozenset(await session.scalars(_UNDER_WAY, {"ids": list(agency_ids)}))
