"""Counting what came of the offers, without small groups."""

import hmac
from collections.abc import Hashable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.small_groups import Parts, Path, told
from contracts.callers import Caller
from mentoring.converted.schemas import UptakeOut
from mentoring.domain.pairs import LEAST

OFFERED = text("""
    WITH matched AS (
        SELECT DISTINCT mentee_id AS person_id FROM pairs WHERE programme_id = :programme AND begins_on IS NOT NULL
    ), joined AS (
        SELECT person_id, EXISTS (SELECT FROM matched m WHERE m.person_id = a.person_id) AS matched
        FROM applications a WHERE programme_id = :programme AND side = 'mentee'
    )
    SELECT o.person_id IS NOT NULL AS offered, j.person_id IS NOT NULL AS applied, coalesce(j.matched, false) AS matched,
        count(*) AS people
    FROM (SELECT * FROM mentor_offers WHERE programme_id = :programme) o FULL JOIN joined j USING (person_id)
    GROUP BY 1, 2, 3
""")


async def uptake(session: AsyncSession, programme_id: UUID, caller: Caller[None]) -> UptakeOut:
    """How many were offered a mentor, have applied and were matched.

    The programme's report tells of all mentees how many there are and were matched, so it is hidden too what would tell of
    the few others.
    """
    counts = {
        (row.offered, row.applied, row.matched): row.people
        for row in await session.execute(OFFERED, {"programme": programme_id})
    }

    def people(*, offered: bool, applied: bool = True, matched: bool) -> int:
        return counts.get((offered, applied, matched), 0)

    def order(path: Hashable) -> bytes:
        return hmac.digest(caller.nip_key.encode(), repr((programme_id, path)).encode(), "sha256")

    mentees: dict[Path, Parts] = {
        (each,): (people(offered=each, matched=True), people(offered=each, matched=False)) for each in (True, False)
    }
    applied = sum(mentees[True,])
    asked = told({(): (applied, people(offered=True, applied=False, matched=False))}, LEAST, order).get(())
    of_mentees = told(mentees, LEAST, order).get((True,))
    open_to = asked is not None and asked[1] is not None and of_mentees is not None
    return UptakeOut(
        offered=asked[0] if asked else None,
        applied=applied if open_to else None,
        matched=of_mentees[1][0] if open_to and of_mentees and of_mentees[1] else None,
    )
