"""Taking in what connectors reports; what is of somebody who is not known yet waits for the person."""

from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.messages.waiting import hold
from common.parts import Parts
from contracts import topics
from contracts.events.connectors import ActivityReported, ActivityWithdrawn
from training.people import PEOPLE
from training.reported.commands import take

NAME = "training.activities"


def subscription(parts: Parts) -> Subscription:
    """Makes one record of each report, and answers it."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        known = await hold(session, NAME, batch, attrgetter("person_id"), PEOPLE.known)
        await take(session, known, parts)

    return Subscription(NAME, topics.ACTIVITIES, (ActivityReported, ActivityWithdrawn), handle)
