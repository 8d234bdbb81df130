"""Who stands below somebody today and how they stand in the year: one statement, however many they are."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from roster.days import covers_sql
from roster.lines import team_sql
from training.counts.stood import stood_sql
from training.domain import nudges
from training.domain.rules import Book, pack_of_year
from training.domain.states import BOOK
from training.ledger.commands import duties
from training.team.schemas import MemberOut

DAY = "CAST(:day AS date)"
TEAM = team_sql(":me", DAY)


async def team_page(session: AsyncSession, window: Window, caller: Caller[Book]) -> Page[MemberOut]:
    """Who below the caller is short or exempt today, in the order of their ids. Raises Refused `rule-missing`."""
    seen = window.seen(BY_ID)
    conditions = " AND person_id > :after" if seen else ""
    asked = {"after": seen[0]} if seen else {}
    found = await _members(session, caller, f"state <> 'met'{conditions}", window.limit + 1, asked)
    return window.page([_shown(row, caller) for row in found], lambda member: [member.person_id])


async def member(session: AsyncSession, person_id: UUID, caller: Caller[Book]) -> Row[Any]:
    """How somebody below the caller stands today. Raises Refused `not-found` for anybody else, and `rule-missing`."""
    found = await _members(session, caller, "person_id = :person", 1, {"person": person_id})
    if not found:
        raise Refused("not-found")
    return found[0]


async def _members(
    session: AsyncSession, caller: Caller[Book], conditions: str, limit: int, asked: dict[str, Any]
) -> Sequence[Row[Any]]:
    day = caller.today
    try:
        pack, ladder = pack_of_year(caller.rules, day.year), BOOK.at(day).tables
    except LookupError:
        raise Refused("rule-missing") from None
    statement = f"""
        WITH team AS MATERIALIZED ({TEAM}),
        {stood_sql(ladder, day, " AND person_id IN (SELECT person_id FROM team)")}
        SELECT stood.person_id, team.above_id AS superior_id, :year AS year, state, target, verified,
            target - verified AS missing, exempt_until, nudged_on
        FROM stood JOIN team USING (person_id)
        LEFT JOIN LATERAL (
            SELECT x.valid_to AS exempt_until FROM exemptions x
            WHERE x.person_id = stood.person_id AND x.state = 'approved' AND {covers_sql("x", DAY)} LIMIT 1
        ) exemption ON true
        LEFT JOIN LATERAL (
            SELECT max(n.nudged_on) AS nudged_on FROM nudges n WHERE n.person_id = stood.person_id
        ) nudge ON true
        WHERE {conditions} ORDER BY stood.person_id LIMIT {limit}
    """  # noqa: S608 - built of names in this code
    given = {"me": caller.speaks_for("person"), "day": day, "year": day.year, "pack": pack.id}
    found = await session.execute(text(statement), {**given, **duties(caller.rules), **asked})
    return found.all()


def _shown(row: Row[Any], caller: Caller[Book]) -> MemberOut:
    if row.state == "exempt":
        hidden = dict.fromkeys(("target", "verified", "missing", "nudge_from"))
        return MemberOut.model_validate({**row._asdict(), **hidden})
    again = nudges.possible_from(caller.today, row.nudged_on)
    return MemberOut.model_validate(
        {**row._asdict(), "exempt_until": None, "nudge_from": again if again > caller.today else None}
    )
