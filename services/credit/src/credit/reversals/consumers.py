"""What credit hears of its own reversals: a degree whose points were taken back is free for another record."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.parts import Parts
from contracts import topics
from contracts.events.credit import CreditReversed
from credit.evidence.settling import settle_again


def subscription(parts: Parts) -> Subscription:
    """Settles the records of people whose points were taken back."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        people = sorted({received.event.person_id for received in batch})
        await settle_again(session, people, parts.rules, parts.clock.now())

    return Subscription("credit.reversals", topics.DECISIONS, (CreditReversed,), handle)
