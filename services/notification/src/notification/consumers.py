"""What notification reads from the registry; whatever waited for an agency, or for a PIC of it, goes on."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.messages.inbox import Subscription
from common.parts import Parts
from notification.agencies import AGENCIES, answering
from notification.messages.commands import readdress
from notification.rounds import consumers as rounds
from notification.rounds.commands import address_waiting
from roster.copies import News


def subscription(parts: Parts) -> Subscription:
    """Keeps agencies and writes to the PICs they name; shortfalls wait for an agency that is not known yet.

    What is open of an agency that a reform has closed is told to the PICs of its heir.
    """

    async def hear(session: AsyncSession, news: News) -> None:
        pics = await answering(session, news.told)
        await address_waiting(session, list(pics), parts.clock, parts.settings.gathering)
        await readdress(session, pics, parts.clock.now())

    return AGENCIES.subscription("notification.agency", hear, awaited_by=[rounds.subscription(parts)])
