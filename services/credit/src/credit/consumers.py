"""What credit reads from the registry: when people serve, in which posts, and how they rose.

Their open cases are judged by it, and the ledger settles what a rise in level used and lost.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from common.messages.inbox import Subscription
from common.parts import Parts
from credit.cases.judging import rejudge
from credit.data_fixes.commands import close_mended
from credit.erasing import ERASING
from credit.evidence import consumers as evidence
from credit.evidence.settling import settle_again
from credit.ledger.rises import settle_rises
from credit.people import PEOPLE
from credit.queue.keeping import follow
from credit.reported import consumers as reported
from roster.copies import News


def subscription(parts: Parts) -> Subscription:
    """Keeps the copy of people; training records wait in it for somebody who is not known yet.

    When somebody's history changes, their degrees are settled and their open cases judged again.
    """

    async def hear(session: AsyncSession, news: News) -> None:
        await follow(session, list(news.told))
        if news.changed:
            await settle_again(session, news.changed, parts.rules, parts.clock.now())
            await rejudge(session, news.changed, parts.rules, parts.clock.now())
        await close_mended(session, sorted(news.told), parts.clock.now())
        await settle_rises(session, sorted(news.told), parts.rules, parts.clock.now())
        await ERASING.erase(session, [each for each, told in news.told.items() if told.erased_on])

    return PEOPLE.subscription(
        "credit.people", hear, awaited_by=[evidence.subscription(parts), reported.subscription(parts)]
    )
