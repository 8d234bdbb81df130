"""What stands of each part of a case."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from credit.parts.tables import part_decisions


async def decisions_of(session: AsyncSession, case_id: UUID) -> Mapping[str, Any]:
    """The newest decision about each part of a case of which there is one: verdict, code, version."""
    rows = await session.execute(
        select(part_decisions).where(part_decisions.c.case_id == case_id).order_by(part_decisions.c.version)
    )
    return {row.part: row for row in rows}
