"""What stands of each part of a case."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.sets import one_of
from credit.parts.tables import part_decisions


async def decisions_of(session: AsyncSession, case_ids: Sequence[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
    """By case, the newest decision about each part of which there is one: verdict, code, version."""
    rows = await session.execute(
        select(part_decisions).where(one_of(part_decisions.c.case_id, case_ids)).order_by(part_decisions.c.version)
    )
    found: defaultdict[UUID, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        found[row.case_id][row.part] = row
    return found
