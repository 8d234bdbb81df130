"""What connectors reads of what credit made of predikat."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.parts import Parts
from connectors.performances.commands import take_answers
from contracts import topics
from contracts.events.predicates import PredicateRefused, PredicateTaken


def subscription(_: Parts) -> Subscription:
    """Keeps what became of each predikat."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        await take_answers(session, batch)

    return Subscription("connectors.predicates", topics.PREDICATE_ANSWERS, (PredicateTaken, PredicateRefused), handle)
