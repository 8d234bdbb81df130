"""Takes training records in; a record of somebody not known yet waits for the person."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.events import Received
from common.inbox import Subscription, hold
from common.rules import RuleBook
from contracts import topics
from contracts.events import TrainingCompleted, TrainingCorrected, TrainingRevoked
from credit.domain.rules import Rules
from credit.evidence.commands import assess
from credit.people.commands import know_who_is_here

NAME = "credit.records"
EVENTS = (TrainingCompleted, TrainingCorrected, TrainingRevoked)


def subscription(book: RuleBook[Rules], clock: Clock) -> Subscription:
    """What credit wants of the training service."""

    async def handle(session: AsyncSession, received: Sequence[Received]) -> None:
        known = await know_who_is_here(session, list({item.event.person_id for item in received}))
        await hold(
            session, NAME, [(item.event.person_id, item) for item in received if item.event.person_id not in known]
        )
        await assess(session, [item for item in received if item.event.person_id in known], book, clock.now())

    return Subscription(NAME, topics.RECORDS, EVENTS, handle)
