"""Reading exemptions: what is nobody else's business is left out."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from training.domain.exemptions import is_specific
from training.domain.rules import Book
from training.exemptions.schemas import ChangeOut, ExemptionOut, ExemptionWithChanges, State
from training.exemptions.tables import Exemption, ExemptionChange
from training.people import PEOPLE

FOUND = select(Exemption, PEOPLE.c.agency_id.label("agency_id")).join(
    PEOPLE.table, PEOPLE.c.person_id == col(Exemption.person_id)
)


async def exemption(session: AsyncSession, exemption_id: UUID, caller: Caller[Book]) -> ExemptionWithChanges:
    """An exemption with its steps. Raises Refused `not-found`."""
    found = FOUND.where(col(Exemption.id) == exemption_id, PEOPLE.seen_by(caller))
    row = (await session.execute(found)).one_or_none()
    if row is None:
        raise Refused("not-found")
    steps = select(ExemptionChange).where(col(ExemptionChange.exemption_id) == exemption_id)
    changes = await session.scalars(steps.order_by(col(ExemptionChange.version)))
    shown = _shown(row, caller).model_dump()
    return ExemptionWithChanges(**shown, changes=[ChangeOut.model_validate(change) for change in changes])


async def exemption_page(
    session: AsyncSession, window: Window, caller: Caller[Book], person_id: UUID | None, state: State | None
) -> Page[ExemptionOut]:
    """Exemptions in the order they were asked for."""
    found = FOUND.where(PEOPLE.seen_by(caller))
    if person_id is not None:
        found = found.where(col(Exemption.person_id) == person_id)
    if state is not None:
        found = found.where(col(Exemption.state) == state)
    rows = await session.execute(window.narrow(found, col(Exemption.id), BY_ID))
    return window.page([_shown(row, caller) for row in rows], lambda shown: [shown.id])


def _shown(row: Row[Any, Any], caller: Caller[Book]) -> ExemptionOut:
    exemption: Exemption = row.Exemption
    own = "person" in caller.roles and caller.person == exemption.person_id
    knows = own or ("agency_hr" in caller.roles and row.agency_id in caller.offices)
    return ExemptionOut(
        id=exemption.id,
        person_id=exemption.person_id,
        ground=exemption.ground if knows or not is_specific(exemption.ground) else None,
        valid_from=exemption.valid_from,
        valid_to=exemption.valid_to,
        paper=exemption.paper if knows else None,
        state=exemption.state,  # pyright: ignore[reportArgumentType] - the table has no other
        version=exemption.version,
    )
