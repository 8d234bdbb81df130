"""Keeping by which ids SIASN knows people, agencies and units."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.parts import Parts
from common.store.sets import insert
from connectors.identifiers.tables import SiasnId
from contracts import topics
from contracts.events.registry import IdentifiersChanged

NEWER = (
    "ON CONFLICT (subject_id) DO UPDATE SET siasn_id = excluded.siasn_id, sequence = excluded.sequence"
    " WHERE siasn_ids.sequence < excluded.sequence"
)


def subscription(_: Parts) -> Subscription:
    """Keeps them: of several the newest, in whatever order they come."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        newest = {each.event.subject_id: each for each in sorted(batch, key=lambda each: each.sequence)}
        rows = [(subject_id, each.event.ids.get("siasn"), each.sequence) for subject_id, each in sorted(newest.items())]
        await insert(session, SiasnId.table(), ("subject_id", "siasn_id", "sequence"), rows, NEWER)

    return Subscription("connectors.identifiers", topics.IDENTIFIERS, (IdentifiersChanged,), handle)
