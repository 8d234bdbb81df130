"""What is done with the queue every day: its order, who is told of cases that are overdue, and the waiting times that are published."""

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.ids import derived_id
from common.parts import Parts
from common.store.outbox import emit
from contracts.events.notification import MessageRequested
from contracts.zone import JAKARTA
from credit.domain.quarters import last_quarter
from credit.domain.waiting import WaitingRules
from credit.queue.keeping import order_batch

MAILED_FOR = timedelta(days=7)
"""How long the mail waits for an address."""
FIRST = UUID(int=0)
# What somebody is deciding at the moment is told the next day, if it is still late then.
OVERDUE = text(
    """
    WITH late AS (
        UPDATE queue SET escalated_at = :now
        WHERE case_id IN (
            SELECT q.case_id FROM queue q
            WHERE q.due_on < :today AND q.escalated_at IS NULL AND NOT EXISTS (
                SELECT FROM restrictions r WHERE r.person_id = q.person_id AND jsonb_exists(r.parts, 'cases')
            )
            FOR NO KEY UPDATE SKIP LOCKED
        )
        RETURNING agency_id, due_on
    )
    SELECT agency_id, count(*) AS cases, min(due_on) AS due_on FROM late GROUP BY agency_id ORDER BY agency_id
    """
)
TIMES = text(
    """
    INSERT INTO waiting_times (agency_id, state, cases, median_seconds, ninetieth_seconds, since, until)
    SELECT p.agency_id, h.from_state, count(*),
        round(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM h.at - began.at))),
        round(percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM h.at - began.at))),
        :since, :until
    FROM case_history h
    JOIN cases c ON c.id = h.case_id
    JOIN people p ON p.person_id = c.person_id
    CROSS JOIN LATERAL (
        SELECT b.at FROM case_history b
        WHERE b.case_id = h.case_id AND b.version < h.version AND b.to_state = h.from_state
            AND b.from_state IS DISTINCT FROM b.to_state
        ORDER BY b.version DESC LIMIT 1
    ) began
    WHERE h.at >= :since AND h.at < :until AND NOT EXISTS (SELECT FROM waiting_times)
        AND h.from_state IN ('submitted', 'checked') AND h.from_state <> h.to_state AND h.by <> 'system'
    GROUP BY p.agency_id, h.from_state HAVING count(DISTINCT c.person_id) >= :smallest
    """
)
OVER = text("DELETE FROM waiting_times WHERE until < :until")


async def order_all(parts: Parts) -> int:
    """Puts all cases in the order of today, some thousand in a transaction. Returns how many it has looked at."""
    after: UUID | None = FIRST
    looked = 0
    while after is not None:
        async with parts.database.transaction() as session:
            after, number = await order_batch(session, after, parts.rules, parts.clock.today())
        looked += number
    return looked


async def escalate(session: AsyncSession, clock: Clock) -> int:
    """Tells the PIC of each agency how many of its cases are overdue since the last time; of each state of a case once.

    Returns how many cases they are.
    """
    rows = (await session.execute(OVERDUE, {"now": clock.now(), "today": clock.today()})).all()
    for row in rows:
        message = MessageRequested(
            request_id=derived_id("cases-overdue", row.agency_id, clock.now().isoformat()),
            recipient="pic",
            recipient_id=row.agency_id,
            template="cases-overdue",
            values={"cases": row.cases, "due_on": row.due_on.isoformat()},
            reason="pic-of-agency",
            expires_at=clock.now() + MAILED_FOR,
        )
        emit(session, message, sequence=1, time=clock.now())
    return sum(row.cases for row in rows)


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
