"""Taking in who looked at whose record, from whichever service answered."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.parts import Parts
from common.store.sets import copy
from contracts import topics
from contracts.events.access import RecordViewed
from contracts.zone import JAKARTA

TOLD = list(RecordViewed.model_fields)
OPEN = text("SELECT open_month(day) FROM unnest(CAST(:days AS date[])) AS day")


def subscription(_: Parts) -> Subscription:
    """What the registry reads of all services."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        rows = [(received.id, received.time, *(getattr(received.event, name) for name in TOLD)) for received in batch]
        months = {received.time.astimezone(JAKARTA).date().replace(day=1) for received in batch}
        await session.execute(OPEN, {"days": sorted(months)})
        await copy(session, "looks", ("id", "seen_at", *TOLD), rows)

    return Subscription("registry.access", topics.ACCESS, (RecordViewed,), handle)
