"""Counting anew whom the figures may tell of, programme by programme."""

from functools import partial
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.ids import new_id
from common.store import sets
from common.store.database import Database
from mentoring.by_sex.tables import ToldApplicant
from mentoring.domain.by_sex import Applicant, Counted, to_count
from mentoring.domain.pairs import HAD
from mentoring.programmes.each import for_each

# Before pairs are offered there is nothing to be fair about.
OFFERED = text(
    "SELECT id FROM programmes g WHERE state = 'open'"
    " AND EXISTS (SELECT FROM pairs p WHERE p.programme_id = g.id AND p.answer_by IS NOT NULL) ORDER BY id"
)
STANDING = text("""
    SELECT DISTINCT ON (a.person_id) a.person_id, p.agency_id, p.sex, had.score
    FROM applications a JOIN people p USING (person_id)
    LEFT JOIN pairs had ON had.programme_id = a.programme_id AND had.mentee_id = a.person_id
        AND had.state = ANY(CAST(:had AS text[]))
    WHERE a.programme_id = :programme AND a.side = 'mentee' AND a.withdrawn_at IS NULL AND p.sex IS NOT NULL
    ORDER BY a.person_id, had.id DESC
""")
TOLD = ToldApplicant.table()


async def count_all(database: Database, clock: Clock) -> int:
    """Counts each open programme that has offered pairs; returns how many people were counted anew.

    Safe to run at any time: each programme is a transaction of its own.
    """
    return await for_each(database, OFFERED, partial(_count, clock))


async def _count(clock: Clock, session: AsyncSession, programme_id: UUID) -> int:
    told = await session.execute(select(TOLD).where(TOLD.c.programme_id == programme_id))
    counted = [Counted(Applicant(row.person_id, row.agency_id, row.sex, row.score), row.batch) for row in told]
    standing = await session.execute(STANDING, {"programme": programme_id, "had": list(HAD)})
    rows = [
        {"programme_id": programme_id, "batch": batch, "told_on": clock.today(), **each._asdict()}
        for people in to_count(counted, [Applicant(*row) for row in standing])
        for batch in [new_id()]
        for each in people
    ]
    await sets.put(session, TOLD, rows)
    return len(rows)
