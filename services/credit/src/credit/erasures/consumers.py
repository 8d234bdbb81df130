"""Answering the registry whether something of somebody's is still under way."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.parts import Parts
from common.store.outbox import emit
from common.store.sets import one_of
from contracts import topics
from contracts.events.erasure import ErasureAnswered, ErasureAsked
from credit.cases.tables import cases


def subscription(_: Parts) -> Subscription:
    """What credit is asked of people who are to be erased."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        people = {received.event.person_id for received in batch}
        found = select(cases.c.person_id).where(
            one_of(cases.c.person_id, people), cases.c.state.in_(("submitted", "checked"))
        )
        busy = set(await session.scalars(found))
        for received in batch:
            asked = received.event
            answer = ErasureAnswered(
                erasure_id=asked.erasure_id,
                person_id=asked.person_id,
                round=asked.round,
                service="credit",
                against="open-case" if asked.person_id in busy else None,
            )
            emit(session, answer, sequence=asked.round)

    return Subscription("credit.erasures", topics.ERASURES, (ErasureAsked,), handle)
