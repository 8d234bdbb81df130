"""Reading applications: whom somebody will not be paired with is shown to them alone."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from mentoring.applications.schemas import ApplicationOut
from mentoring.applications.tables import Application
from mentoring.domain.programmes import Side
from mentoring.programmes.tables import Programme


async def application(
    session: AsyncSession, programme_id: UUID, person_id: UUID, caller: Caller[None]
) -> ApplicationOut:
    """Somebody's application to a programme. Raises Refused `not-found`."""
    found = await session.get(Application, {"programme_id": programme_id, "person_id": person_id})
    if found is None:
        raise Refused("not-found")
    return _shown(found, caller)


async def application_page(
    session: AsyncSession,
    window: Window,
    programme_id: UUID,
    side: Side | None,
    person_id: UUID | None,
    caller: Caller[None],
) -> Page[ApplicationOut]:
    """Applications to a programme in the order of person ids. Raises Refused `not-found`, also for who has none there."""
    programme = await session.get(Programme, programme_id)
    if programme is None:
        raise Refused("not-found")
    found = select(Application).where(col(Application.programme_id) == programme_id)
    if not (caller.unbound or programme.agency_id in caller.agencies):
        # Whoever only takes part sees of a programme their own application; who does not sees none.
        found = found.where(col(Application.person_id) == caller.person)
        if await session.scalar(found) is None:
            raise Refused("not-found")
    if side is not None:
        found = found.where(col(Application.side) == side)
    if person_id is not None:
        found = found.where(col(Application.person_id) == person_id)
    rows = await session.scalars(window.narrow(found, col(Application.person_id), BY_ID))
    return window.page([_shown(row, caller) for row in rows], lambda shown: [shown.person_id])


def _shown(row: Application, caller: Caller[None]) -> ApplicationOut:
    own = "person" in caller.roles and caller.person == row.person_id
    return ApplicationOut.model_validate(row.model_dump() | ({} if own else {"avoids": None}))
