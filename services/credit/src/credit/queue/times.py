"""How long cases have waited for people's decisions: of agencies for everybody, of an assessor for their superior alone."""

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import extract, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from contracts.callers import Caller
from contracts.zone import JAKARTA
from credit.agencies.tables import AGENCIES
from credit.domain.books import Regulations
from credit.domain.quarters import last_quarter
from credit.domain.waiting import WAITS, WaitingRules
from credit.domain.working_days import last_day
from credit.queue.schemas import AgeOut, AgesOut, AssessorOut, AssessorsOut, WaitingTimeOut, WaitingTimesOut
from credit.queue.tables import queue, waiting_times
from roster.lines import team_sql

MEDIAN, NINETIETH = (
    f"round(percentile_cont({share}) WITHIN GROUP (ORDER BY extract(epoch FROM h.at - began.at)))"
    for share in (0.5, 0.9)
)
DECISIONS = """
    case_history h
    JOIN cases c ON c.id = h.case_id
    JOIN people p ON p.person_id = c.person_id
    CROSS JOIN LATERAL (
        SELECT b.at FROM case_history b
        WHERE b.case_id = h.case_id AND b.version < h.version AND b.to_state = h.from_state
            AND b.from_state IS DISTINCT FROM b.to_state
        ORDER BY b.version DESC LIMIT 1
    ) began
    WHERE h.at >= :since AND h.at < :until
        AND h.from_state IN ('submitted', 'checked') AND h.from_state <> h.to_state AND h.by <> 'system'
"""
"""People's decisions, the case and its person, and when the wait began that each has ended."""
TIMES = text(
    f"""
    INSERT INTO waiting_times (agency_id, state, cases, median_seconds, ninetieth_seconds, since, until)
    SELECT p.agency_id, h.from_state, count(*), {MEDIAN}, {NINETIETH}, :since, :until
    FROM {DECISIONS} AND NOT EXISTS (SELECT FROM waiting_times)
    GROUP BY p.agency_id, h.from_state HAVING count(DISTINCT c.person_id) >= :smallest
    """  # noqa: S608 - built of names in this code
)
OVER = text("DELETE FROM waiting_times WHERE until < :until")
OF_ASSESSORS = text(
    f"""
    SELECT assessor.person_id, h.from_state AS state, {MEDIAN} AS median_seconds, {NINETIETH} AS ninetieth_seconds,
        array_agg(CAST(began.at AT TIME ZONE 'Asia/Jakarta' AS date)) AS began_on,
        array_agg(CAST(h.at AT TIME ZONE 'Asia/Jakarta' AS date)) AS decided_on
    FROM (
        SELECT DISTINCT person_id, own.agency_id FROM ({team_sql("CAST(:superior AS uuid)", "CAST(:today AS date)")}) AS team
        JOIN people own USING (person_id) WHERE above_id = :superior
    ) AS assessor
    CROSS JOIN {DECISIONS} AND p.agency_id = assessor.agency_id
        AND coalesce(CAST(h.acting_for AS text) = CAST(assessor.person_id AS text), CAST(assessor.person_id AS text) = ANY(h.hands))
    GROUP BY 1, 2 ORDER BY 1, 2
    """  # noqa: S608 - built of names in this code
)
"""A decision that a deputy has made is of the one they stand in for."""


async def publish_times(session: AsyncSession, rules: WaitingRules, clock: Clock) -> None:
    """Counts how long cases have waited for people's decisions in the last quarter that is over, by agency and state.

    Small groups are left out. What was published is never counted anew: whoever has moved since, or waits for a decision that
    comes next, would be known by the difference.
    """
    first, last = last_quarter(clock.today())
    since, until = (datetime.combine(day, time(), JAKARTA) for day in (first, last + timedelta(days=1)))
    given = {"since": since, "until": until, "smallest": rules.published.smallest_group}
    await session.execute(OVER, {"until": until})
    await session.execute(TIMES, given)


async def published_times(session: AsyncSession, rules: Regulations, today: date) -> WaitingTimesOut:
    """The waiting times of the last quarter that is over, as they were published."""
    found = (
        select(waiting_times, AGENCIES.c.name.label("agency"))
        .join(AGENCIES.table, AGENCIES.c.agency_id == waiting_times.c.agency_id, isouter=True)
        .order_by(waiting_times.c.agency_id, waiting_times.c.state)
    )
    items = [WaitingTimeOut(**row) for row in (await session.execute(found)).mappings()]
    clocks = rules.waiting.at(today).tables.clocks
    return WaitingTimesOut(items=items, promised={state: getattr(clocks, state) for state in WAITS})


async def queue_ages(session: AsyncSession, caller: Caller[Regulations]) -> AgesOut:
    """How much waits in the caller's agencies, and how long already."""
    age = extract("epoch", literal(caller.now) - queue.c.since)
    median, ninetieth = (func.round(func.percentile_cont(share).within_group(age)) for share in (0.5, 0.9))
    rows = await session.execute(
        select(
            queue.c.agency_id,
            queue.c.awaits,
            func.count().label("waiting"),
            func.count().filter(queue.c.due_on < caller.today).label("overdue"),
            func.min(queue.c.since).label("oldest"),
            median.label("median_seconds"),
            ninetieth.label("ninetieth_seconds"),
        )
        .where(caller.sees(queue.c.agency_id))
        .group_by(queue.c.agency_id, queue.c.awaits)
        .order_by(queue.c.agency_id, queue.c.awaits)
    )
    return AgesOut(items=[AgeOut(**row) for row in rows.mappings()])


async def assessor_times(session: AsyncSession, caller: Caller[Regulations]) -> AssessorsOut:
    """How long cases waited for the decision of each whose superior of today the caller is, since the last quarter that is over began."""
    since, _ = last_quarter(caller.today)
    asked = {
        "superior": caller.speaks_for("person"),
        "today": caller.today,
        "since": datetime.combine(since, time(), JAKARTA),
        "until": caller.now,
    }
    rows = (await session.execute(OF_ASSESSORS, asked)).all()
    return AssessorsOut(since=since, items=[_assessor(row, caller.rules) for row in rows])


def _assessor(row: Any, rules: Regulations) -> AssessorOut:
    @cache
    def due(began: date) -> date:
        return last_day(rules.calendar, began, getattr(rules.waiting.at(began).tables.clocks, row.state))

    return AssessorOut(
        person_id=row.person_id,
        state=row.state,
        decisions=len(row.began_on),
        late=sum(decided > due(began) for began, decided in zip(row.began_on, row.decided_on, strict=True)),
        median_seconds=row.median_seconds,
        ninetieth_seconds=row.ninetieth_seconds,
    )
