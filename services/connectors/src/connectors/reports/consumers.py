"""What connectors reads of what training made of its reports."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.parts import Parts
from connectors.reports.commands import take_answers
from connectors.webhooks.laying import deliver_answers
from contracts import topics
from contracts.events.training import ActivityRefused, ActivityTaken


def subscription(parts: Parts) -> Subscription:
    """Keeps what became of each report, and has whoever has reported it told."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        await take_answers(session, batch, parts.clock.now())
        await deliver_answers(session, batch, parts.clock.now())

    return Subscription("connectors.answers", topics.ACTIVITY_ANSWERS, (ActivityTaken, ActivityRefused), handle)
