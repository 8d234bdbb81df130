"""Taking in training records; one of somebody who is not known yet waits for the person."""

from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.messages.waiting import hold
from common.parts import Parts
from contracts import topics
from credit.evidence.commands import assess, look
from credit.evidence.excerpts import Completed, Corrected, Revoked
from credit.people import PEOPLE

NAME = "credit.records"
WANTED = (Completed, Corrected, Revoked)


def subscription(parts: Parts) -> Subscription:
    """What credit reads of the training service."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        strangers, here = await look(session, batch)
        known = [received for received in batch if received.event.person_id not in strangers]
        if strangers:
            early = [received for received in batch if received.event.person_id in strangers]
            known += await hold(session, NAME, early, attrgetter("person_id"), PEOPLE.known)
        await assess(session, known, here, parts.rules, parts.clock.now())

    return Subscription(NAME, topics.RECORDS, WANTED, handle)
