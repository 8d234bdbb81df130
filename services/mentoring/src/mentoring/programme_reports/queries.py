"""Counting what came of a programme."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.sheets import Cell, sheet
from common.texts import Language
from contracts.callers import Caller
from mentoring.completion.held import HELD
from mentoring.converted.queries import uptake
from mentoring.profiles.queries import levels_of
from mentoring.programme_reports.schemas import ReportOut
from mentoring.programmes.queries import seen_programme
from mentoring.texts import FIGURES, UPTAKE, say

COUNTED = text(f"""
    WITH ours AS (
        SELECT * FROM pairs WHERE programme_id = :programme AND begins_on IS NOT NULL
    ), held AS (
        SELECT o.id, o.mentee_id, o.begins_on, s.held_on, s.starts_at, s.ends_at
        FROM ours o JOIN mentoring_sessions s ON s.pair_id = o.id WHERE s.state = 'confirmed'
    ), firsts AS (SELECT min(held_on) - min(begins_on) AS days FROM held GROUP BY id),
    ended AS (
        SELECT content FROM feedback f JOIN ours o ON o.id = f.pair_id WHERE side = 'mentee' AND stage = 'end'
    ), answered AS (
        SELECT useful FROM session_feedback f JOIN mentoring_sessions s ON s.id = f.session_id
        JOIN ours o ON o.id = s.pair_id WHERE side = 'mentee'
    ), others AS (SELECT * FROM ({HELD}) h WHERE programme_id = :programme AND kind <> 'mentoring')
    SELECT (SELECT count(*) FROM applications WHERE programme_id = :programme AND side = 'mentee') AS enrolled,
        (SELECT count(DISTINCT mentee_id) FROM ours) AS matched,
        (SELECT count(DISTINCT mentee_id) FROM held) AS attended,
        (SELECT count(*) FROM ours) AS pairs,
        (SELECT count(*) FROM ours WHERE state = 'ended') AS ended_early,
        (SELECT round(100.0 * count(*) FILTER (WHERE state = 'ended') / nullif(count(*), 0), 1) FROM ours) AS drop_out,
        (SELECT count(*) FROM held) AS sessions,
        (SELECT coalesce(round(CAST(sum(extract(epoch FROM ends_at - starts_at)) / 3600 AS numeric), 2), 0) FROM held)
            AS hours,
        (SELECT count(DISTINCT session_id) FROM others WHERE kind = 'circle') AS circle_meetings,
        (SELECT count(*) FROM others WHERE kind = 'circle') AS circle_presences,
        (SELECT count(*) FROM others WHERE kind = 'talk') AS talks,
        (SELECT count(*) FROM others WHERE kind = 'guidance') AS guidance_talks,
        (SELECT coalesce(round(CAST(sum(extract(epoch FROM ends_at - starts_at)) / 3600 AS numeric), 2), 0)
            FROM others WHERE kind = 'guidance') AS guidance_hours,
        (SELECT count(*) FROM ended) AS rated,
        (SELECT round(avg(content), 2) FROM ended) AS satisfaction,
        (SELECT count(*) FROM answered) AS sessions_rated,
        (SELECT round(avg(useful), 2) FROM answered) AS session_satisfaction,
        (SELECT count(*) FROM thanks t JOIN ours o ON o.id = t.pair_id) AS thanked,
        (SELECT round(avg(helped), 2) FROM thanks t JOIN ours o ON o.id = t.pair_id) AS helped,
        (SELECT round(avg(days), 1) FROM firsts) AS days_to_first_session
""")  # noqa: S608 - built of names in this code
GOALS = text("""
    SELECT p.mentee_id, goal ->> 'competency' AS competency, CAST(goal ->> 'wanted' AS int) AS wanted
    FROM (
        SELECT DISTINCT ON (pair_id) pair_id, goals FROM agreements
        WHERE num_nulls(mentee_signed_at, mentor_signed_at) = 0 ORDER BY pair_id, version DESC
    ) holds JOIN pairs p ON p.id = holds.pair_id CROSS JOIN jsonb_array_elements(holds.goals) AS goal
    WHERE p.programme_id = :programme
""")


async def report(session: AsyncSession, programme_id: UUID, caller: Caller[None]) -> ReportOut:
    """What came of a programme that the caller may see. Raises Refused `not-found`."""
    await seen_programme(session, programme_id, caller)
    row = (await session.execute(COUNTED, {"programme": programme_id})).one()
    goals = (await session.execute(GOALS, {"programme": programme_id})).all()
    levels = await levels_of(session, sorted({goal.mentee_id for goal in goals}), caller.today)
    reached = 0
    for goal in goals:
        level = levels.get(goal.mentee_id, {}).get(goal.competency)
        reached += level is not None and level.level >= goal.wanted
    return ReportOut(
        programme_id=programme_id,
        **row._asdict(),
        goals=len(goals),
        goals_reached=reached,
        converted=await uptake(session, programme_id, caller),
    )


async def report_sheet(session: AsyncSession, programme_id: UUID, language: Language, caller: Caller[None]) -> bytes:
    """The same figures as a spreadsheet. Raises Refused `not-found`."""
    figures = await report(session, programme_id, caller)
    rows: list[list[Cell]] = [[say("report.programme", language), str(programme_id)]]
    rows += [[say(named, language), getattr(figures, name)] for name, named in FIGURES.items()]
    rows += [[say(named, language), getattr(figures.converted, name)] for name, named in UPTAKE.items()]
    return sheet(say("report.sheet", language), rows)
