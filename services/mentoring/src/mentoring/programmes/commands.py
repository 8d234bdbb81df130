"""Opening and closing programmes."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import new_id
from common.refused import Refused
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events.mentoring import ProgrammeClosed, ProgrammeOpened
from mentoring.programmes.schemas import ProgrammeIn
from mentoring.programmes.tables import Programme


async def open_programme(session: AsyncSession, document: ProgrammeIn, caller: Caller[None]) -> UUID:
    """Opens a programme of the caller's agency. Raises Refused."""
    if document.closes_on < document.opens_on:
        raise Refused("dates-reversed", field="closes_on")
    if not any(document.rules.weights.model_dump().values()):
        raise Refused("weights-missing", field="rules.weights")
    programme = Programme(
        id=new_id(),
        agency_id=caller.speaks_for("agency"),
        **document.model_dump(exclude={"rules"}),
        rules=document.rules.model_dump(mode="json"),
        state="open",
        version=1,
    )
    session.add(programme)
    emit(session, ProgrammeOpened(**_told(programme)), sequence=1, time=caller.now)
    return programme.id


async def close(session: AsyncSession, programme_id: UUID, caller: Caller[None]) -> None:
    """Closes a programme: nobody joins it and nobody is matched any more. One that is closed stays so. Raises Refused `not-found`."""
    programme = await held(session, programme_id, caller)
    if programme.state == "closed":
        return
    programme.state = "closed"
    programme.version += 1
    emit(session, ProgrammeClosed(**_told(programme)), sequence=programme.version, time=caller.now)


async def held(session: AsyncSession, programme_id: UUID, caller: Caller[None]) -> Programme:
    """A programme that the caller runs, held. Raises Refused `not-found`, also for one that somebody else runs."""
    programme = await session.get(Programme, programme_id, with_for_update=True)
    if programme is None or not caller.reaches(programme.agency_id):
        raise Refused("not-found")
    return programme


def _told(programme: Programme) -> dict[str, Any]:
    return {
        "programme_id": programme.id,
        "agency_id": programme.agency_id,
        "title": programme.title,
        "opens_on": programme.opens_on,
        "closes_on": programme.closes_on,
    }
