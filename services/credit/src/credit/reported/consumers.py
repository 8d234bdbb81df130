"""Taking in predikat that connectors reports; what is of somebody who is not known yet waits for the person."""

from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.messages.waiting import hold
from common.parts import Parts
from contracts import topics
from contracts.events.predicates import PredicateReported
from credit.people import PEOPLE
from credit.reported.commands import take

NAME = "credit.predicates"


def subscription(parts: Parts) -> Subscription:
    """Makes a case of each predikat, and answers it."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        known = await hold(session, NAME, batch, attrgetter("person_id"), PEOPLE.known)
        await take(session, known, parts)

    return Subscription(NAME, topics.PREDICATES, (PredicateReported,), handle)
