"""Counting what came of a programme."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.sheets import Cell, sheet
from common.texts import Language
from contracts.callers import Caller
from mentoring.completion.held import HELD
from mentoring.converted.queries import uptake
from mentoring.domain.figures import Kind
from mentoring.programme_reports.schemas import ReportOut
from mentoring.programmes.queries import seen_programme
from mentoring.texts import FIGURES, UPTAKE, say

COUNTED = text(f"""
    WITH ours AS (
        SELECT * FROM pairs WHERE programme_id = :programme AND begins_on IS NOT NULL
    ), held AS (
        SELECT o.id, o.mentee_id, o.begins_on, s.held_on, s.starts_at, s.ends_at
        FROM ours o JOIN mentoring_sessions s ON s.pair_id = o.id WHERE s.state = 'confirmed'
    ), firsts AS (SELECT min(held_on) - min(begins_on) AS days FROM held GROUP BY id)
    SELECT (SELECT count(*) FROM applications WHERE programme_id = :programme AND side = 'mentee') AS enrolled,
        (SELECT count(DISTINCT mentee_id) FROM ours) AS matched,
        (SELECT count(DISTINCT mentee_id) FROM held) AS attended,
        (SELECT count(*) FROM ours) AS pairs,
        (SELECT count(*) FROM ours WHERE state = 'ended') AS ended_early,
        (SELECT round(100.0 * count(*) FILTER (WHERE state = 'ended') / nullif(count(*), 0), 1) FROM ours) AS drop_out,
        (SELECT count(*) FROM held) AS sessions,
        (SELECT coalesce(round(CAST(sum(extract(epoch FROM ends_at - starts_at)) / 3600 AS numeric), 2), 0) FROM held)
            AS hours,
        (SELECT count(DISTINCT session_id) FROM ({HELD}) h WHERE programme_id = :programme AND kind = 'circle')
            AS circle_meetings,
        (SELECT round(avg(days), 1) FROM firsts) AS days_to_first_session
""")  # noqa: S608 - built of names in this code
TOLD = text(
    "SELECT kind, sum(number) AS number, sum(amount) AS amount FROM told_figures WHERE programme_id = :programme GROUP BY 1"
)
HUNDREDTH = Decimal("0.01")


async def report(session: AsyncSession, programme_id: UUID, caller: Caller[None]) -> ReportOut:
    """What came of a programme that the caller may see. Raises Refused `not-found`.

    They see each pair and its sessions, so what follows from these is counted as it is. What mentees say, agree on and do beside
    their pairs is told as `told_figures` has it.
    """
    await seen_programme(session, programme_id, caller)
    row = (await session.execute(COUNTED, {"programme": programme_id})).one()
    told = {each.kind: each for each in await session.execute(TOLD, {"programme": programme_id})}

    def number(kind: Kind) -> int | None:
        return told[kind].number if kind in told else None

    def mean(kind: Kind) -> Decimal | None:
        return (told[kind].amount / told[kind].number).quantize(HUNDREDTH) if number(kind) else None

    return ReportOut(
        programme_id=programme_id,
        **row._asdict(),
        circle_presences=number("circle"),
        talks=number("talk"),
        guidance_talks=number("guidance"),
        guidance_hours=told["guidance"].amount.quantize(HUNDREDTH) if "guidance" in told else None,
        goals=number("goals"),
        goals_reached=int(told["goals"].amount) if "goals" in told else None,
        rated=number("content"),
        satisfaction=mean("content"),
        sessions_rated=number("useful"),
        session_satisfaction=mean("useful"),
        thanked=number("helped"),
        helped=mean("helped"),
        converted=await uptake(session, programme_id, caller),
    )


async def report_sheet(session: AsyncSession, programme_id: UUID, language: Language, caller: Caller[None]) -> bytes:
    """The same figures as a spreadsheet. Raises Refused `not-found`."""
    figures = await report(session, programme_id, caller)
    rows: list[list[Cell]] = [[say("report.programme", language), str(programme_id)]]
    rows += [[say(named, language), getattr(figures, name)] for name, named in FIGURES.items()]
    rows += [[say(named, language), getattr(figures.converted, name)] for name, named in UPTAKE.items()]
    return sheet(say("report.sheet", language), rows)
