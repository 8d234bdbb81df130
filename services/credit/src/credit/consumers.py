"""What credit hears of the registry: by when and as what people serve, their open cases are judged."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.messages.inbox import Subscription
from common.parts import Parts
from credit.cases.judging import rejudge
from credit.evidence import consumers as evidence
from credit.evidence.commands import settle_again
from credit.people import PEOPLE
from roster.copies import News


def subscription(parts: Parts) -> Subscription:
    """Keeps people, and judges anew what is open of who changed; training records wait for who is not known yet."""

    async def hear(session: AsyncSession, news: News) -> None:
        if news.changed:
            await settle_again(session, news.changed, parts.rules, parts.clock.now())
            await rejudge(session, news.changed, parts.rules, parts.clock.now())

    return PEOPLE.subscription("credit.people", hear, awaited_by=[evidence.subscription(parts)])
