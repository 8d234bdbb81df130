"""The messages that other services ask for."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.parts import Parts
from contracts import topics
from contracts.events.notification import MessageRequested
from notification.messages.letters import take_requests


def subscription(parts: Parts) -> Subscription:
    """Queues a message for each request."""

    async def handle(session: AsyncSession, received: Sequence[Received]) -> None:
        await take_requests(session, received, parts.clock.now())

    return Subscription("notification.request", topics.REQUESTS, (MessageRequested,), handle)
