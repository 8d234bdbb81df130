"""Taking in who looked at whose record, from whichever service answered."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.parts import Parts
from common.store.sets import copy
from contracts import topics
from contracts.events.access import RecordViewed

TOLD = list(RecordViewed.model_fields)


def subscription(_: Parts) -> Subscription:
    """What the registry reads of all services."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        rows = [(received.id, received.time, *(getattr(received.event, name) for name in TOLD)) for received in batch]
        await copy(session, "looks", ("id", "seen_at", *TOLD), rows)

    return Subscription("registry.access", topics.ACCESS, (RecordViewed,), handle)
