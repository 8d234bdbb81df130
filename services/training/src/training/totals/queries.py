"""Reading what was published."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from training.totals.schemas import DutyTotalsOut, TotalsBy
from training.totals.tables import Published


async def totals(session: AsyncSession, by: TotalsBy) -> DutyTotalsOut:
    """The newest totals of a level. Raises Refused `not-found` before the first are published."""
    newest = select(col(Published.document)).where(col(Published.level) == by)
    newest = newest.order_by(col(Published.year).desc(), col(Published.period).desc()).limit(1)
    document = await session.scalar(newest)
    if document is None:
        raise Refused("not-found")
    return DutyTotalsOut.model_validate(document)
