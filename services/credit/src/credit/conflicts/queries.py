"""With whom somebody may not deal: `ConflictRules.between` for many people at once, in SQL. A test holds the two together."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from contracts.callers import Caller
from credit.domain.books import Regulations
from credit.domain.conflicts import EVERY, Why
from roster.days import covers_sql
from roster.outside import above_sql, under_sql

JUDGES, TODAY = "CAST(:judges AS uuid[])", "CAST(:judged_on AS date)"


def unit_sql(person: str, day: str) -> str:
    """The unit somebody serves in on a day: that of the post they hold as their own, or else the one they were assigned to."""
    return f"""coalesce((
        SELECT s.unit_id FROM holdings h JOIN post_states s ON s.post_id = h.post_id AND {covers_sql("s", day)}
        WHERE h.person_id = {person} AND h.kind = 'definitive' AND {covers_sql("h", day)} LIMIT 1
    ), (SELECT a.unit_id FROM assignments a WHERE a.person_id = {person} AND {covers_sql("a", day)} LIMIT 1))"""  # noqa: S608 - built of names in this code


# The units of the judges, as many levels up as a unit is wide, and from each of these as many down.
NEAR = f"""
    WITH RECURSIVE up (unit_id, level) AS (
        SELECT {unit_sql("judge", TODAY)}, 0 FROM unnest({JUDGES}) AS judge
        UNION ALL
        SELECT s.parent_id, level + 1 FROM up
        JOIN unit_states s ON s.unit_id = up.unit_id AND {covers_sql("s", TODAY)} AND s.parent_id IS NOT NULL
        WHERE level < :unit_levels
    ), down (unit_id, level) AS (
        SELECT DISTINCT unit_id, 0 FROM up WHERE unit_id IS NOT NULL
        UNION
        SELECT s.unit_id, level + 1 FROM down JOIN unit_states s ON s.parent_id = down.unit_id AND {covers_sql("s", TODAY)}
        WHERE level < :unit_levels
    ) SELECT unit_id FROM down
"""  # noqa: S608 - built of names in this code


def _why(person: str) -> str:
    """The conflict that the judges have with a person (a column with its table), of those that count; null where there is none.

    What does not depend on the person is asked for once, however many they are.
    """
    return f"""CASE
        WHEN 'declared' = ANY(CAST(:counting AS text[])) AND EXISTS (
            SELECT FROM conflicts d WHERE d.person_id = {person} AND d.judge_id = ANY({JUDGES})
        ) THEN 'declared'
        WHEN 'superior-line' = ANY(CAST(:counting AS text[])) AND (
            {person} IN (SELECT above_id FROM ({above_sql(JUDGES, TODAY)}) AS above)
            OR {person} IN (SELECT under.person_id FROM ({under_sql(JUDGES, TODAY)}) AS under)
        ) THEN 'superior-line'
        WHEN 'same-unit' = ANY(CAST(:counting AS text[])) AND {unit_sql(person, TODAY)} IN ({NEAR}) THEN 'same-unit'
    END"""  # noqa: S608 - built of names in this code


def _given(caller: Caller[Regulations], among: Collection[Why]) -> dict[str, Any]:
    """Raises Refused `forbidden` for who is nobody: they would have no conflicts."""
    caller.speaks_for("person")
    rules = caller.rules.conflicts.at(caller.today).tables
    return {
        "judges": sorted(caller.actor.people),
        "judged_on": caller.today,
        "counting": [why for why in rules.counting if why in among],
        "unit_levels": rules.unit_levels or 0,
    }


CONFLICTED = text(
    f"""
    SELECT person_id, why FROM (
        SELECT asked.person_id, {_why("asked.person_id")} AS why FROM unnest(CAST(:people AS uuid[])) AS asked (person_id)
    ) AS each WHERE why IS NOT NULL
    """  # noqa: S608 - built of names in this code
)


async def conflicted(
    session: AsyncSession, people: Collection[UUID], caller: Caller[Regulations], among: Collection[Why] = EVERY
) -> dict[UUID, Why]:
    """With whom of these people the caller, or whoever they act for, may not deal, and why."""
    given = _given(caller, among)
    if not people:
        return {}
    rows = await session.execute(CONFLICTED, {"people": list(people), **given})
    return {row.person_id: row.why for row in rows}


async def check_no_conflict(
    session: AsyncSession, person_id: UUID, caller: Caller[Regulations], among: Collection[Why] = EVERY
) -> None:
    """Refuses whoever has a conflict of interest with somebody (`conflict-of-interest`), of those that count."""
    for why in (await conflicted(session, [person_id], caller, among)).values():
        raise Refused("conflict-of-interest", why=why)


def no_conflict(person: str, caller: Caller[Regulations], among: Collection[Why] = EVERY) -> TextClause:
    """The condition that leaves out those with whom the caller may not deal; `person` is the column with their id."""
    given = _given(caller, among).items()
    return text(f"({_why(person)}) IS NULL").bindparams(*(bindparam(name, each, unique=True) for name, each in given))
