"""Having the reports tell what mentees have said, once it is of enough of them: programme by programme."""

from collections import defaultdict
from decimal import Decimal
from functools import partial
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.store import sets
from common.store.database import Database
from mentoring.completion.held import HELD
from mentoring.domain.figures import Kind, Sum, to_tell
from mentoring.profiles.queries import levels_of
from mentoring.programme_reports.tables import ToldFigure
from mentoring.programmes.each import for_each

PROGRAMMES = text("SELECT id FROM programmes ORDER BY id")
SAID = text(f"""
    WITH ours AS (SELECT id, mentee_id FROM pairs WHERE programme_id = :programme AND begins_on IS NOT NULL)
    SELECT kind, person_id, count(*) AS number, sum(amount) AS amount FROM (
        SELECT 'content' AS kind, mentee_id AS person_id, CAST(content AS numeric) AS amount
        FROM feedback f JOIN ours o ON o.id = f.pair_id WHERE side = 'mentee' AND stage = 'end'
        UNION ALL
        SELECT 'useful', mentee_id, useful FROM session_feedback f JOIN mentoring_sessions s ON s.id = f.session_id
        JOIN ours o ON o.id = s.pair_id WHERE side = 'mentee'
        UNION ALL
        SELECT 'helped', mentee_id, helped FROM thanks t JOIN ours o ON o.id = t.pair_id
        UNION ALL
        SELECT kind, mentee_id, CAST(extract(epoch FROM ends_at - starts_at) / 3600 AS numeric) FROM ({HELD}) h
        WHERE programme_id = :programme AND kind <> 'mentoring'
    ) said GROUP BY 1, 2
""")  # noqa: S608 - built of names in this code
GOALS = text("""
    SELECT p.mentee_id, goal ->> 'competency' AS competency, CAST(goal ->> 'wanted' AS int) AS wanted
    FROM (
        SELECT DISTINCT ON (pair_id) pair_id, goals FROM agreements
        WHERE num_nulls(mentee_signed_at, mentor_signed_at) = 0 ORDER BY pair_id, version DESC
    ) holds JOIN pairs p ON p.id = holds.pair_id CROSS JOIN jsonb_array_elements(holds.goals) AS goal
    WHERE p.programme_id = :programme
""")
TOLD = ToldFigure.table()


async def tell_all(database: Database, clock: Clock) -> int:
    """Tells of each programme what may be told by now; returns of how many people something is told anew.

    Safe to run at any time: each programme is a transaction of its own.
    """
    return await for_each(database, PROGRAMMES, partial(_tell, clock))


async def _tell(clock: Clock, session: AsyncSession, programme_id: UUID) -> int:
    before = await session.execute(select(TOLD).where(TOLD.c.programme_id == programme_id))
    told = {(row.kind, row.person_id): Sum(row.number, row.amount) for row in before}
    standing: dict[tuple[Kind, UUID], Sum] = {
        (row.kind, row.person_id): Sum(row.number, row.amount)
        for row in await session.execute(SAID, {"programme": programme_id})
    }
    rows = [
        {"programme_id": programme_id, "kind": kind, "person_id": person_id, "told_on": clock.today(), **each._asdict()}
        for (kind, person_id), each in to_tell(told, standing | await _goals(session, programme_id, clock)).items()
    ]
    await sets.put(session, TOLD, rows)
    return len({row["person_id"] for row in rows})


async def _goals(session: AsyncSession, programme_id: UUID, clock: Clock) -> dict[tuple[Kind, UUID], Sum]:
    """How many goals each mentee has agreed on, and how many they have reached by what counts today."""
    goals = (await session.execute(GOALS, {"programme": programme_id})).all()
    levels = await levels_of(session, sorted({goal.mentee_id for goal in goals}), clock.today())
    found: defaultdict[tuple[Kind, UUID], Sum] = defaultdict(Sum)
    for goal in goals:
        level = levels.get(goal.mentee_id, {}).get(goal.competency)
        reached = level is not None and level.level >= goal.wanted
        number, amount = found["goals", goal.mentee_id]
        found["goals", goal.mentee_id] = Sum(number + 1, amount + Decimal(reached))
    return dict(found)
