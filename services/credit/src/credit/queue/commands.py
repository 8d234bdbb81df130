"""Taking cases to decide: nobody else is given them meanwhile, and whoever takes at the same time waits for nobody."""

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.sets import one_of
from contracts.callers import Caller
from credit.domain.books import Regulations
from credit.queue import queries
from credit.queue.schemas import QueuedOut, TakeIn
from credit.queue.tables import queue

FREE = text("(queue.held_until IS NULL OR queue.held_until <= :now)")


async def take(session: AsyncSession, asked: TakeIn, caller: Caller[Regulations]) -> list[QueuedOut]:
    """Puts the most urgent cases into the caller's hands, as many as the rules let them have at once."""
    rules = caller.rules.leases.at(caller.today).tables
    most = rules.may_take(await queries.number_in_hands(session, caller), asked.most)
    free = (
        select(queue.c.case_id)
        .where(queries.narrowed(asked, caller), FREE)
        .order_by(queue.c.wanted_by, queue.c.case_id)
        .limit(most)
        .with_for_update(skip_locked=True, key_share=True)
    )
    ids = (await session.scalars(free, {"now": caller.now})).all()
    await session.execute(
        update(queue)
        .where(one_of(queue.c.case_id, ids))
        .values(
            held_by=caller.subject,
            held_for=caller.acting_for or caller.person,
            held_until=caller.now + rules.lease,
        )
    )
    return await queries.queued(session, ids, caller)
