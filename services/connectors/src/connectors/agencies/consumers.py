"""What connectors reads from the registry of agencies: who is closed has no subscription any more."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.messages.inbox import Subscription
from common.parts import Parts
from connectors.agencies.tables import AGENCIES
from connectors.webhooks.commands import end_closed
from roster.copies import News


def subscription(parts: Parts) -> Subscription:
    """Keeps agencies."""

    async def hear(session: AsyncSession, news: News) -> None:
        if closed := [each for each, told in news.told.items() if told.closed_on]:
            await end_closed(session, closed, parts.clock.now())

    return AGENCIES.subscription("connectors.agencies", hear)
