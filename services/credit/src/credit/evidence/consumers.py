"""Takes training records in; a record of somebody not known yet waits for the person."""

from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.messages.waiting import hold
from common.parts import Parts
from contracts import topics
from contracts.events.training import TrainingCompleted, TrainingCorrected, TrainingRevoked
from credit.evidence.commands import assess
from credit.people import PEOPLE

NAME = "credit.records"
EVENTS = (TrainingCompleted, TrainingCorrected, TrainingRevoked)


def subscription(parts: Parts) -> Subscription:
    """What credit wants of the training service."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        here = await hold(session, NAME, batch, attrgetter("person_id"), PEOPLE.known)
        await assess(session, here, parts.rules, parts.clock.now())

    return Subscription(NAME, topics.RECORDS, EVENTS, handle)
