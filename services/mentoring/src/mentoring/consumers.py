"""What mentoring reads from the registry of people."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.messages.inbox import Subscription
from common.parts import Parts
from mentoring.erasing import ERASING
from mentoring.people import PEOPLE
from roster.copies import News


def subscription(parts: Parts) -> Subscription:
    """Keeps people; what they are is asked for anew each time, so nothing follows but where they are erased."""
    del parts

    async def hear(session: AsyncSession, news: News) -> None:
        await ERASING.erase(session, [each for each, told in news.told.items() if told.erased_on])

    return PEOPLE.subscription("mentoring.people", hear)
