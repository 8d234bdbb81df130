"""What training reads from the registry: what people owe, and which agency their hours count for, follow from it."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.messages.inbox import Subscription
from common.parts import Parts
from roster.copies import News
from training.erasing import ERASING
from training.ledger.commands import lay_again
from training.mentored import consumers as mentored
from training.people import PEOPLE
from training.records.writing import refile
from training.reported import consumers as reported
from training.soundings.shortfalls import follow, settle


def subscription(parts: Parts) -> Subscription:
    """Keeps people; ledger, records and shortfalls follow at once when something about them changes.

    What mentoring and connectors tell of somebody who is not known yet waits in the copy.
    """

    async def hear(session: AsyncSession, news: News) -> None:
        change = await lay_again(session, list(news.told), parts.rules, parts.clock)
        await settle(session, change, parts.clock)
        if news.moved:
            await refile(session, news.moved, parts.clock)
        if elsewhere := sorted({*news.moved, *news.redated}):
            await follow(session, elsewhere, parts.clock)
        await ERASING.erase(session, [each for each, told in news.told.items() if told.erased_on])

    return PEOPLE.subscription(
        "training.people", hear, awaited_by=[mentored.subscription(parts), reported.subscription(parts)]
    )
