"""Reading who stands in for whom."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, and_, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from contracts.duties import DUTIES
from registry.deputies.schemas import DeputyOut, DutyOut
from registry.deputies.tables import delegations
from registry.people.tables import assignments
from registry.periods import holds
from registry.texts import DUTY, say


async def deputy(session: AsyncSession, delegation_id: UUID) -> DeputyOut:
    """One that the caller has just named or ended."""
    row = (await session.execute(select(delegations).where(delegations.c.id == delegation_id))).one()
    return DeputyOut(**row._asdict())


async def of_agency(
    session: AsyncSession, agency_id: UUID, window: Window, caller: Caller[None], as_of: date | None
) -> Page[DeputyOut]:
    """Who stood in for somebody of an agency on a day. Raises Refused `not-found` for an agency out of sight."""
    if not caller.reaches(agency_id):
        raise Refused("not-found")
    day = literal(as_of or caller.today, Date)
    served = and_(
        assignments.c.person_id == delegations.c.person_id,
        assignments.c.agency_id == agency_id,
        holds(assignments, day),
    )
    acting = and_(delegations.c.valid_from <= day, delegations.c.valid_to > day)
    return await _page(session, window, select(delegations).join(assignments, served).where(acting))


async def own(session: AsyncSession, window: Window, caller: Caller[None]) -> Page[DeputyOut]:
    """Who stands in, stood in or will for the caller, and for whom the caller does."""
    me = caller.speaks_for("person")
    mine = or_(delegations.c.person_id == me, delegations.c.deputy_id == me)
    return await _page(session, window, select(delegations).where(mine))


def duties(language: Language) -> list[DutyOut]:
    """The duties in which somebody may be stood in for, and those in which nobody may."""
    return [
        DutyOut(
            code=duty.code,
            label=say(DUTY[duty.code], language),
            by=duty.by,
            role=duty.role,
            delegable=duty.delegable,
            source=duty.source,
            status=duty.status,
        )
        for duty in DUTIES.values()
    ]


async def _page(session: AsyncSession, window: Window, found: Select[*tuple[Any, ...]]) -> Page[DeputyOut]:
    found = found.order_by(delegations.c.id).limit(window.limit + 1)
    if seen := window.seen(BY_ID):
        found = found.where(delegations.c.id > seen[0])
    rows = [DeputyOut(**row._asdict()) for row in await session.execute(found)]
    return window.page(rows, key=lambda row: [row.id])
