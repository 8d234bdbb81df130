"""What is done with the queue every day: its order, and who is told of cases that are overdue. (Waiting times: `times`.)"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.ids import derived_id
from common.parts import Parts
from common.store.outbox import emit
from contracts.events.notification import MessageRequested
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
