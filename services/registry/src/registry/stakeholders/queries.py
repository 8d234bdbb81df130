"""Reading stakeholders as of a day."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.web.pages import BY_ID, Page, Window
from registry.stakeholders.schemas import StakeholderOut
from registry.stakeholders.tables import Stakeholder


async def stakeholder_page(session: AsyncSession, window: Window, day: date) -> Page[StakeholderOut]:
    """Who took part on a day, in the order in which they were written down."""
    ends = col(Stakeholder.valid_to)
    found = select(Stakeholder).where(col(Stakeholder.valid_from) <= day, or_(ends.is_(None), ends > day))
    rows = await session.scalars(window.narrow(found, col(Stakeholder.id), BY_ID))
    shown = [StakeholderOut.model_validate(row, from_attributes=True) for row in rows]
    return window.page(shown, lambda each: [each.id])
