"""Whose record rests because they have asked for it (UU 27/2022, Pasal 41), and who is shown it all the same.

HR of the agency they serve in today, who must answer them, the person, and the services, which the law tells to count
hours and points.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Uuid, column, exists, literal, or_, select, table, text, true
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.outbox import emit
from common.store.sets import one_of
from contracts.callers import Caller
from contracts.events.registry import RestrictionChanged
from contracts.service import RESTING
from registry.periods import holds
from registry.tables import restrictions
from roster.days import covers_sql

PARTS = ("identity", "history")
"""Who asks it of one of these, of them the whole rests."""
WITHHELD = (
    f"{RESTING} WHERE NOT EXISTS (SELECT FROM assignments a WHERE a.person_id = r.person_id"
    f" AND a.agency_id = ANY(asked.offices) AND {covers_sql('a', 'asked.today')})"
)
"""As in every service (`contracts.looks`), by the places that the registry itself keeps."""
COUNTED = text(
    "INSERT INTO restrictions (person_id, parts, sequence) VALUES (:person, '[]', 1)"
    " ON CONFLICT (person_id) DO UPDATE SET sequence = restrictions.sequence + 1"
)
ADDED_UP = text(
    "UPDATE restrictions SET parts = (SELECT coalesce(jsonb_agg(DISTINCT part ORDER BY part), '[]') FROM data_requests"
    " WHERE person_id = :person AND state = 'in_force') WHERE person_id = :person RETURNING parts, sequence"
)
# By its name alone: the table is that of `people`, which asks this module.
SERVING = table(
    "assignments",
    column("person_id", Uuid()),
    column("agency_id", Uuid()),
    column("valid_from", Date()),
    column("valid_to", Date()),
)


def shown_to(caller: Caller[Any], person_id: ColumnElement[Any], agency_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that leaves out whose record rests for this caller; `agency_id` is where they serve today."""
    if "service" in caller.roles:
        return true()
    shown = ~exists().where(restrictions.c.person_id == person_id, restrictions.c.parts.has_any(array(PARTS)))
    # Another role that they hold too does not widen whom they answer as HR.
    return or_(shown, agency_id.in_(caller.offices)) if "agency_hr" in caller.roles else shown


async def resting(session: AsyncSession, person_ids: Collection[UUID], caller: Caller[Any]) -> set[UUID]:
    """Whose records of these rest for the caller."""
    hidden = ~shown_to(caller, SERVING.c.person_id, SERVING.c.agency_id)
    found = select(SERVING.c.person_id).where(
        one_of(SERVING.c.person_id, person_ids), holds(SERVING, literal(caller.today, Date)), hidden
    )
    return set(await session.scalars(found))


async def tell_again(session: AsyncSession, now: datetime) -> int:
    """Tells the services again whose record rests; gives how many they are. Who knows it already changes nothing."""
    rows = (await session.execute(select(restrictions).order_by(restrictions.c.person_id))).all()
    for row in rows:
        emit(session, RestrictionChanged(person_id=row.person_id, parts=row.parts), sequence=row.sequence, time=now)
    return len(rows)


async def tell(session: AsyncSession, person_id: UUID, now: datetime) -> None:
    """Tells the services what of somebody's record rests by now; each step of a request tells all."""
    # The first statement holds their row, so the second one sees what somebody else has just granted.
    await session.execute(COUNTED, {"person": person_id})
    row = (await session.execute(ADDED_UP, {"person": person_id})).one()
    emit(session, RestrictionChanged(person_id=person_id, parts=row.parts), sequence=row.sequence, time=now)
