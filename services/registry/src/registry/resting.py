"""Whose record rests because they have asked for it (UU 27/2022, Pasal 41), and who is shown it all the same.

HR of the agency they serve in today, who must answer them, the person, and the services, which the law tells to count
hours and points.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Uuid, column, exists, literal, or_, select, table, true
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.sets import one_of
from contracts.callers import Caller
from registry.periods import holds
from registry.tables import data_requests

PARTS = ("identity", "history")
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
    shown = ~exists().where(
        data_requests.c.person_id == person_id,
        data_requests.c.state == "in_force",
        data_requests.c.part.in_(PARTS),
    )
    # Another role that they hold too does not widen whom they answer as HR.
    return or_(shown, agency_id.in_(caller.offices)) if "agency_hr" in caller.roles else shown


async def resting(session: AsyncSession, person_ids: Collection[UUID], caller: Caller[Any]) -> set[UUID]:
    """Whose records of these rest for the caller."""
    hidden = ~shown_to(caller, SERVING.c.person_id, SERVING.c.agency_id)
    found = select(SERVING.c.person_id).where(
        one_of(SERVING.c.person_id, person_ids), holds(SERVING, literal(caller.today, Date)), hidden
    )
    return set(await session.scalars(found))
