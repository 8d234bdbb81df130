"""Taking in what services have against an erasure."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.parts import Parts
from common.store.sets import Columns, lists, unnest
from contracts import topics
from contracts.events.erasure import ErasureAnswered

TOLD: Columns = {"erasure_id": "uuid", "service": "text", "round": "int", "against": "text"}
KEEP = text(
    f"INSERT INTO erasure_answers ({', '.join(TOLD)}) SELECT given.* FROM {unnest(TOLD)}"  # noqa: S608 - built of names in this code
    " JOIN erasures ON erasures.id = given.erasure_id AND erasures.round = given.round ON CONFLICT DO NOTHING"
)
"""What answers an earlier round is no answer any more."""


def subscription(_: Parts) -> Subscription:
    """What the registry reads of services that it has asked."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        rows = [[getattr(received.event, name) for name in TOLD] for received in batch]
        await session.execute(KEEP, lists(TOLD, rows))

    return Subscription("registry.erasures", topics.ERASURES, (ErasureAnswered,), handle)
