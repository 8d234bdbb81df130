"""Who stands in for PICs on a day, by the addresses that both have shown to be theirs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.zone import JAKARTA
from roster.days import covers_sql

STANDING_IN = text(
    f"""
    SELECT lower(pic.email) AS pic, deputy.email, deputy.language, deputy.zone
    FROM deputies d
    JOIN contacts pic ON pic.person_id = d.person_id AND pic.email IS NOT NULL
    JOIN contacts deputy ON deputy.person_id = d.deputy_id AND deputy.email IS NOT NULL
    WHERE d.duty = 'digest' AND {covers_sql("d", "CAST(:day AS date)")}
    """  # noqa: S608 - built of names in our own code
)


async def standing_in(session: AsyncSession, now: datetime) -> Mapping[str, Mapping[str, Any]]:
    """The deputies of today in the duty `digest`, by the address of the one they stand in for, in small letters."""
    rows = await session.execute(STANDING_IN, {"day": now.astimezone(JAKARTA).date()})
    return {row.pic: row._asdict() for row in rows}
