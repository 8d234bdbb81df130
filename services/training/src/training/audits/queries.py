"""Reading audits, always within the caller's agencies."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from training.audits.schemas import AuditOut
from training.audits.tables import Audit
from training.domain.rules import Book


async def audit_page(
    session: AsyncSession, window: Window, caller: Caller[Book], agency_id: UUID | None
) -> Page[AuditOut]:
    """Audits in the order they were opened."""
    found = select(Audit).where(caller.sees(col(Audit.agency_id)))
    if agency_id is not None:
        found = found.where(col(Audit.agency_id) == agency_id)
    rows = await session.scalars(window.narrow(found, col(Audit.id), BY_ID))
    return window.page([AuditOut.model_validate(row) for row in rows], lambda shown: [shown.id])
