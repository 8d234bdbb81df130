"""What connectors reads from the registry of people: reports of whoever was not known wait no longer."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.messages.inbox import Subscription
from common.parts import Parts
from connectors.erasing import ERASING
from connectors.people import PEOPLE
from connectors.reports.resolving import know_people
from roster.copies import News


def subscription(parts: Parts) -> Subscription:
    """Keeps people."""

    async def hear(session: AsyncSession, news: News) -> None:
        await know_people(session, [each.nip_hash for each in news.told.values()], parts.clock.now())
        await ERASING.erase(session, [each for each, told in news.told.items() if told.erased_on])

    return PEOPLE.subscription("connectors.people", hear)
