"""Reading programmes."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from mentoring.domain.programmes import Rules
from mentoring.programmes.schemas import ProgrammeOut
from mentoring.programmes.tables import Programme


async def programme(session: AsyncSession, programme_id: UUID) -> ProgrammeOut:
    """A programme. Raises Refused `not-found`."""
    found = await session.get(Programme, programme_id)
    if found is None:
        raise Refused("not-found")
    return ProgrammeOut.model_validate(found)


async def seen_programme(session: AsyncSession, programme_id: UUID, caller: Caller[None]) -> Programme:
    """A programme whose people the caller may see. Raises Refused `not-found`."""
    found = await session.get(Programme, programme_id)
    if found is None or not caller.reaches(found.agency_id):
        raise Refused("not-found")
    return found


async def programme_page(
    session: AsyncSession, window: Window, agency_id: UUID | None, state: str | None
) -> Page[ProgrammeOut]:
    """Programmes in the order they were opened."""
    found = select(Programme)
    if agency_id is not None:
        found = found.where(col(Programme.agency_id) == agency_id)
    if state is not None:
        found = found.where(col(Programme.state) == state)
    rows = await session.scalars(window.narrow(found, col(Programme.id), BY_ID))
    return window.page([ProgrammeOut.model_validate(row) for row in rows], lambda shown: [shown.id])


def rules_of(programme: Programme) -> Rules:
    """The rules of a programme as the domain takes them."""
    lists = ("mentee_jenjang", "mentor_jenjang", "first_jenjang", "templates")
    tuples: dict[str, Any] = {name: tuple(programme.rules[name]) for name in lists}
    return Rules(**programme.rules | tuples)
