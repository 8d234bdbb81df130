"""Drawing decisions to be made again, and making them."""

import argparse
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.parts import Parts
from common.refused import Refused
from contracts.callers import Caller
from credit.conflicts.queries import check_no_conflict
from credit.domain.books import Regulations
from credit.second_checks.queries import waiting
from credit.second_checks.schemas import Verdict

# By a hash of seed, case and version: as good as by lot, and the same each time. One that was submitted again says something else.
DRAW = text(
    """
    INSERT INTO second_checks (id, case_id, version, number, agency_id, first)
    SELECT gen_random_uuid(), h.case_id, h.version, 2, p.agency_id,
        CASE h.to_state WHEN 'checked' THEN 'right' ELSE 'wrong' END
    FROM case_history h JOIN cases c ON c.id = h.case_id JOIN people p ON p.person_id = c.person_id
    WHERE h.from_state = 'submitted' AND h.to_state IN ('checked', 'returned') AND h.by NOT LIKE 'system%' AND h.at >= :since
        AND CAST(CAST('x' || left(md5(:seed || h.case_id || h.version), 7) AS bit(28)) AS int) % 10000 < :share
        AND NOT EXISTS (
            SELECT FROM case_history later
            WHERE later.case_id = h.case_id AND later.version > h.version AND later.to_state = 'submitted'
        )
    ON CONFLICT (case_id, version, number) DO NOTHING
    """
)
JUDGE = text(
    """
    WITH judged AS (
        UPDATE second_checks SET verdict = :verdict, judged_by = :by, judges = :hands, judged_at = :now
        WHERE id = :id AND verdict IS NULL RETURNING *
    ), third AS (
        INSERT INTO second_checks (id, case_id, version, number, agency_id, first)
        SELECT gen_random_uuid(), case_id, version, 3, agency_id, first FROM judged WHERE number = 2 AND verdict <> first
    )
    SELECT count(*) FROM judged
    """
)


async def judge(session: AsyncSession, check_id: UUID, verdict: Verdict, caller: Caller[Regulations]) -> None:
    """Says what a second or third checker finds; where a second differs from the first, a third is asked.

    Raises Refused `not-found`: also for whoever has had a hand in the case, whose it is, or where it was answered already.
    """
    row = (await session.execute(waiting(caller, check_id))).one_or_none()
    if row is None:
        raise Refused("not-found")
    await check_no_conflict(session, row.person_id, caller)
    said = {"id": check_id, "verdict": verdict, "by": caller.subject, "hands": sorted(caller.actor.hands)}
    if not await session.scalar(JUDGE, said | {"now": caller.now}):
        raise Refused("not-found")


async def draw(asked: argparse.Namespace, parts: Parts) -> int:
    """Draws decisions of the last days."""
    del asked
    rules = parts.rules.second_checks.at(parts.clock.today()).tables
    given = {"since": parts.clock.now() - timedelta(days=rules.days), "seed": rules.seed, "share": rules.share}
    async with parts.database.transaction() as session:
        await session.execute(DRAW, given)
    return 0
