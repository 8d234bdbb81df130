"""Reading profiles, one statement however many people."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.store.sets import one_of
from contracts.callers import Caller
from mentoring.domain.levels import Level, counting, rules_on, shown_by
from mentoring.people import PEOPLE
from mentoring.profiles.schemas import LevelOut, ProfileOut
from mentoring.profiles.tables import StatedLevel
from roster.days import covers_sql

DAY = "CAST(:day AS date)"
STOOD = text(f"""
    SELECT p.person_id, p.agency_id, place.unit_id, post.jenjang, post.position, a.region, a.zone
    FROM people p LEFT JOIN agencies a USING (agency_id)
    LEFT JOIN LATERAL (
        SELECT unit_id FROM assignments s WHERE s.person_id = p.person_id AND {covers_sql("s", DAY)} LIMIT 1
    ) place ON true
    LEFT JOIN LATERAL (
        SELECT jenjang, position FROM posts s WHERE s.person_id = p.person_id AND {covers_sql("s", DAY)} LIMIT 1
    ) post ON true
    WHERE p.person_id = ANY(CAST(:ids AS uuid[])) ORDER BY p.person_id
""")  # noqa: S608 - built of names in this code
TRAINED = text(
    "SELECT person_id, competency, sum(jp) AS jp, max(ended_on) AS ended_on"
    " FROM trained WHERE person_id = ANY(CAST(:ids AS uuid[])) GROUP BY person_id, competency"
)


async def stood(session: AsyncSession, person_ids: Sequence[UUID], day: date) -> Sequence[Row[Any]]:
    """Where each of these stands on a day, by their ids, as far as the registry has told."""
    return (await session.execute(STOOD, {"ids": list(person_ids), "day": day})).all()


async def jenjang_of(session: AsyncSession, person_id: UUID, day: date) -> str | None:
    """Somebody's jenjang on a day."""
    return next((row.jenjang for row in await stood(session, [person_id], day)), None)


async def levels_of(session: AsyncSession, person_ids: Sequence[UUID], day: date) -> dict[UUID, dict[str, Level]]:
    """The levels that count on a day, by person and competency: as stated, and as training shows them."""
    rules = rules_on(day)
    said = defaultdict[UUID, list[Level]](list)
    for row in await session.scalars(select(StatedLevel).where(one_of(StatedLevel.table().c.person_id, person_ids))):
        said[row.person_id].append(Level(row.competency, row.level, row.source, row.dated_on))
    for row in await session.execute(TRAINED, {"ids": list(person_ids)}):
        if level := shown_by(row.jp, rules):
            said[row.person_id].append(Level(row.competency, level, "training", row.ended_on))
    return {person_id: counting(levels, rules) for person_id, levels in said.items()}


async def profile(session: AsyncSession, person_id: UUID, caller: Caller[None]) -> ProfileOut:
    """What is known of somebody whom the caller may see. Raises Refused `not-found`."""
    seen = select(PEOPLE.c.person_id).where(PEOPLE.c.person_id == person_id, PEOPLE.seen_by(caller))
    if await session.scalar(seen) is None:
        raise Refused("not-found")
    return await shown(session, person_id, caller)


async def shown(session: AsyncSession, person_id: UUID, caller: Caller[None]) -> ProfileOut:
    """What is known of somebody."""
    [row] = await stood(session, [person_id], caller.today)
    levels = (await levels_of(session, [person_id], caller.today)).get(person_id, {})
    told = row._asdict()
    return ProfileOut(
        **told,
        levels=[LevelOut(**level._asdict()) for _, level in sorted(levels.items())],
        sources=dict.fromkeys(sorted(told.keys() - {"person_id"}), "registry"),
    )
