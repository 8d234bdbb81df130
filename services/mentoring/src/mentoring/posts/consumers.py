"""What mentoring reads from the registry of posts: who comes to stand above whom."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.messages.inbox import Subscription
from common.parts import Parts
from mentoring.pairs.reviews import review_agencies
from mentoring.posts.tables import POSTS
from roster.copies import News


def subscription(parts: Parts) -> Subscription:
    """Keeps posts. A new one has nobody in it yet, so only one that changes may put a pair up for review."""

    async def hear(session: AsyncSession, news: News) -> None:
        if news.changed:
            agencies = {news.told[each].agency_id for each in news.changed}
            await review_agencies(session, agencies, parts.clock.today())

    return POSTS.subscription("mentoring.posts", hear)
