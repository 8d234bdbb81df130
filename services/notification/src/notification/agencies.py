"""The copy of agencies that notification keeps: their names, where they are, and the PICs it writes to."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from roster.agencies import Agencies

AGENCIES = Agencies(__name__, "code", "name", "region", "active", "pics")

ANSWERING = (
    "SELECT own.agency_id, coalesce(heir.active, own.active) AS active, coalesce(heir.pics, own.pics) AS pics"
    " FROM agencies own LEFT JOIN agencies heir ON heir.agency_id = CAST(own.successors ->> 0 AS uuid)"
)
"""Who is told what is told of an agency: its own PICs, or of one that a reform has closed those of its heir."""


async def answering(session: AsyncSession, changed: Collection[UUID]) -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
    """Who is told now of these agencies, and of those whose heir is one of them."""
    rows = await session.execute(
        text(
            f"{ANSWERING} WHERE own.agency_id = ANY(CAST(:ids AS uuid[])) OR heir.agency_id = ANY(CAST(:ids AS uuid[]))"
        ),
        {"ids": list(changed)},
    )
    return {row.agency_id: row.pics for row in rows}
