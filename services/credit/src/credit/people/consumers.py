"""Takes people in, judges anew what of theirs is open, and applies the training events that have waited for them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.events import Reader, Received
from common.messages.inbox import BATCH, Subscription
from common.messages.waiting import release, take_up
from common.rules import RuleBook
from contracts import PUBLISHED, topics
from contracts.events import PersonChanged
from credit.cases.judging import rejudge
from credit.domain.rules import Rules
from credit.evidence import consumers as records
from credit.evidence.commands import assess, settle_again
from credit.people.commands import keep_people


def subscription(book: RuleBook[Rules], clock: Clock) -> Subscription:
    """What credit wants of the registry."""
    reader = Reader(records.EVENTS, PUBLISHED)

    async def handle(session: AsyncSession, received: Sequence[Received]) -> None:
        kept = await keep_people(session, received)
        if kept.changed:
            await settle_again(session, kept.changed, book, clock.now())
            await rejudge(session, kept.changed, book, clock.now())
        if not kept.arrived:
            return
        waited = await release(session, records.NAME, kept.arrived, reader)
        for start in range(0, len(waited), BATCH):
            await take_up(
                session,
                records.NAME,
                waited[start : start + BATCH],
                lambda part: assess(session, part, book, clock.now()),
            )

    return Subscription("credit.people", topics.PEOPLE, (PersonChanged,), handle)
