"""Taking back what a case has given, once its reversal is attested."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.callers import Caller
from credit.cases.writing import free_months
from credit.domain.books import Regulations
from credit.domain.cases import Case

TAKE_BACK = text(
    """
    WITH moved AS (
        UPDATE cases SET state = 'reversed', version = cases.version + 1, rejudged = false, moved_at = :now
        FROM cases back WHERE back.id = ANY(CAST(:ids AS uuid[])) AND cases.id = back.reverses
        RETURNING cases.id, new.version, old.state AS from_state, new.state AS to_state
    ), told AS (
        INSERT INTO case_history (case_id, version, from_state, to_state, by, acting_for, hands, at, reason)
        SELECT id, version, from_state, to_state, :by, :acting_for, :hands, :now, 'reversed' FROM moved
    )
    SELECT id FROM moved
    """
)


async def take_back(session: AsyncSession, reversals: Sequence[Case], caller: Caller[Regulations]) -> None:
    """Reverses the cases whose reversals were attested, and frees their months; `credit.reversals` settles the records behind them."""
    if not reversals:
        return
    actor = caller.actor
    by = {"by": actor.subject, "acting_for": actor.acting_for, "hands": sorted(actor.hands), "now": caller.now}
    taken = await session.scalars(TAKE_BACK, by | {"ids": [case.id for case in reversals]})
    await free_months(session, taken.all())
