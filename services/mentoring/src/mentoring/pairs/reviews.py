"""Pairs that the desk is to look at again: what they rest on has changed. Nothing of them is lost, and nothing ends by itself."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from contracts.callers import Caller
from mentoring.pairs.reach import held_for_desk
from mentoring.pairs.tables import Pair, PairChange
from roster.days import covers_sql, in_service_sql
from roster.outside import stood_above

DAY = "CAST(:day AS date)"
MATCHED_ON = "CAST(p.answer_by AT TIME ZONE 'Asia/Jakarta' - interval '72 hours' AS date)"
PROMISED = "SELECT id, mentee_id, mentor_id FROM pairs WHERE state IN ('offered', 'active') AND review IS NULL"
OF_PEOPLE = text(f"{PROMISED} AND (mentee_id = ANY(CAST(:some AS uuid[])) OR mentor_id = ANY(CAST(:some AS uuid[])))")
OF_AGENCIES = text(
    f"{PROMISED} AND (mentee_agency_id = ANY(CAST(:some AS uuid[])) OR mentor_agency_id = ANY(CAST(:some AS uuid[])))"
)
REVIEW = text(f"""
    UPDATE pairs SET review = found.reason, version = version + 1 FROM (
        SELECT p.id, (
            SELECT each.reason FROM unnest(ARRAY[
                CASE WHEN NOT ({in_service_sql("mentee", DAY)} AND {in_service_sql("mentor", DAY)}) THEN 'left' END,
                CASE WHEN p.id = ANY(CAST(:line AS uuid[])) THEN 'line' END,
                CASE WHEN (mentee.agency_id, mentor.agency_id) <> (p.mentee_agency_id, p.mentor_agency_id)
                    THEN 'transfer' END,
                CASE WHEN EXISTS (
                    SELECT FROM posts now JOIN posts before USING (person_id)
                    WHERE person_id IN (p.mentee_id, p.mentor_id) AND now.jenjang IS DISTINCT FROM before.jenjang
                    AND {covers_sql("now", DAY)} AND {covers_sql("before", MATCHED_ON)}
                ) THEN 'jenjang' END
            ]) WITH ORDINALITY AS each (reason, number)
            WHERE each.reason IS NOT NULL AND NOT EXISTS (
                SELECT FROM pair_changes c WHERE c.pair_id = p.id AND c.change = 'kept-' || each.reason
            ) ORDER BY number LIMIT 1
        ) AS reason
        FROM pairs p JOIN people mentee ON mentee.person_id = p.mentee_id
        JOIN people mentor ON mentor.person_id = p.mentor_id
        WHERE p.id = ANY(CAST(:ids AS uuid[]))
    ) found WHERE pairs.id = found.id AND found.reason IS NOT NULL
""")  # noqa: S608 - built of names in this code


async def review_people(session: AsyncSession, people: Collection[UUID], day: date) -> None:
    """Puts the pairs of these people up for review that somebody has left, or in which one has come to stand above the other,
    transferred or changed their jenjang. What the desk has kept for the same reason is left as it is.
    """
    await _review(session, (await session.execute(OF_PEOPLE, {"some": list(people)})).all(), day)


async def review_agencies(session: AsyncSession, agencies: Collection[UUID], day: date) -> None:
    """As `review_people`, for the pairs of agencies in which posts have changed."""
    await _review(session, (await session.execute(OF_AGENCIES, {"some": list(agencies)})).all(), day)


async def keep(session: AsyncSession, pair_id: UUID, reason: str, caller: Caller[None]) -> Pair:
    """Keeps a pair as it is that is up for review. Raises Refused: `not-found`, `pair-not-in-review`."""
    pair = await held_for_desk(session, pair_id, caller)
    if pair.review is None or pair.state == "draft":
        raise Refused("pair-not-in-review")
    pair.version += 1
    note(session, pair, f"kept-{pair.review}", reason, caller)
    pair.review = None
    return pair


def note(session: AsyncSession, pair: Pair, change: str, reason: str, caller: Caller[None]) -> None:
    """Writes down what the desk has done with a pair, whose version is that after it, and why."""
    session.add(
        PairChange(
            pair_id=pair.id, version=pair.version, change=change, reason=reason, by=caller.subject, at=caller.now
        )
    )


async def _review(session: AsyncSession, pairs: Sequence[Row[Any]], day: date) -> None:
    if not pairs:
        return
    members = sorted({person for pair in pairs for person in (pair.mentee_id, pair.mentor_id)})
    above = await stood_above(session, members, day)
    line = [
        pair.id for pair in pairs if pair.mentor_id in above[pair.mentee_id] or pair.mentee_id in above[pair.mentor_id]
    ]
    await session.execute(REVIEW, {"ids": [pair.id for pair in pairs], "line": line, "day": day})
