"""Reading what SIASN was told."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from connectors.siasn.schemas import ExportOut, State
from connectors.siasn.tables import SiasnExport
from contracts.callers import Caller


def theirs(caller: Caller[Any]) -> ColumnElement[bool]:
    """The condition for what is of the caller's agency; everything for a national role."""
    return true() if caller.unbound else col(SiasnExport.agency_id).in_(caller.offices)


async def export_page(
    session: AsyncSession, window: Window, caller: Caller[Any], state: State | None, person_id: UUID | None
) -> Page[ExportOut]:
    """What SIASN is told of the caller's agency. Of what was revoked, only what it was told."""
    found = select(SiasnExport).where(
        theirs(caller), (col(SiasnExport.state) != "revoked") | col(SiasnExport.siasn_id).is_not(None)
    )
    if state is not None:
        found = found.where(col(SiasnExport.state) == state)
    if person_id is not None:
        found = found.where(col(SiasnExport.person_id) == person_id)
    rows = await session.scalars(window.narrow(found, col(SiasnExport.id), BY_ID))
    return window.page([ExportOut.model_validate(row) for row in rows], lambda each: [each.id])


async def held(session: AsyncSession, export_id: UUID, caller: Caller[Any]) -> SiasnExport:
    """One of them, held until the transaction ends. Raises Refused `not-found`."""
    found = await session.scalar(
        select(SiasnExport).where(col(SiasnExport.id) == export_id, theirs(caller)).with_for_update()
    )
    if found is None:
        raise Refused("not-found")
    return found
