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
    found = select(Audit).where(caller.sees(col(Audit.agency_id))).order_by(col(Audit.id)).limit(window.limit + 1)
    if agency_id is not None:
        found = found.where(col(Audit.agency_id) == agency_id)
    if seen := window.seen(BY_ID):
        found = found.where(col(Audit.id) > seen[0])
    rows = [AuditOut.model_validate(row) for row in await session.scalars(found)]
    return window.page(rows, key=lambda row: [row.id])
