"""Hearing what training made of the sessions it was told of."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.parts import Parts
from contracts import topics
from contracts.events.training import MentoringAnswered
from mentoring.completion.commands import take_answers


def subscription(parts: Parts) -> Subscription:
    """Keeps the answers."""
    del parts

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        await take_answers(session, batch)

    return Subscription("mentoring.answers", topics.MENTORED, (MentoringAnswered,), handle)
