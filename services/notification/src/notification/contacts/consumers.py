"""What notification reads of how people are written to; whatever waited for an address goes on."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.messages.inbox import Subscription
from common.parts import Parts
from notification.contacts.copy import CONTACTS
from notification.erasing import ERASING
from notification.messages.letters import hear_contacts
from roster.copies import News


def subscription(parts: Parts) -> Subscription:
    """Keeps contacts, and writes to addresses that are to be checked."""

    async def hear(session: AsyncSession, news: News) -> None:
        await hear_contacts(session, news.told, parts.clock.now())
        await ERASING.erase(session, [each for each, told in news.told.items() if not told.name])

    return CONTACTS.subscription("notification.contact", hear)
