"""Stating how far somebody is."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.store.sets import put
from contracts.callers import Caller
from mentoring.domain.levels import Stated
from mentoring.people import PEOPLE
from mentoring.profiles.schemas import LevelsIn
from mentoring.profiles.tables import StatedLevel
from roster.lines import superiors_sql

SUPERIOR = text(
    f"SELECT above_id FROM ({superiors_sql('ARRAY[CAST(:person AS uuid)]', 'CAST(:day AS date)')}) AS line"  # noqa: S608 - built of names in our own code
)


async def state_levels(session: AsyncSession, person_id: UUID, document: LevelsIn, caller: Caller[None]) -> None:
    """Keeps what the caller says of themselves, or of whose superior they are today.

    Raises Refused `not-found` for anybody else: who is whose superior is not told either.
    """
    me: UUID = caller.speaks_for("person")
    if not (await PEOPLE.lock(session, [person_id])).by_id:
        raise Refused("not-found")
    source: Stated = "self"
    if me != person_id:
        source = "superior"
        if await session.scalar(SUPERIOR, {"person": person_id, "day": caller.today}) != me:
            raise Refused("not-found")
    said = {"person_id": person_id, "source": source, "dated_on": caller.today, "stated_by": me}
    rows = [{**said, "competency": name, "level": level} for name, level in sorted(document.levels.items())]
    await put(session, StatedLevel.table(), rows)
