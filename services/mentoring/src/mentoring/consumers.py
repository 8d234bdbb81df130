"""What mentoring reads from the registry of people: whoever changes may put a pair of theirs up for review."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.messages.inbox import Subscription
from common.parts import Parts
from mentoring.pairs.reviews import review_people
from mentoring.people import PEOPLE
from roster.copies import News


def subscription(parts: Parts) -> Subscription:
    """Keeps people; what they are is asked for anew each time, so no match follows."""

    async def hear(session: AsyncSession, news: News) -> None:
        if news.changed:
            await review_people(session, news.changed, parts.clock.today())

    return PEOPLE.subscription("mentoring.people", hear)
