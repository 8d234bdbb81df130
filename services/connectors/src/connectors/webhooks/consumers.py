"""What is to be told to others of training's records, and to SIASN."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.parts import Parts
from connectors.siasn.laying import lay_records
from connectors.webhooks.excerpts import WANTED
from connectors.webhooks.laying import deliver
from contracts import topics


def subscription(parts: Parts) -> Subscription:
    """What is to be told of training records."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        await deliver(session, batch, parts.clock.now())
        await lay_records(session, batch, parts)

    return Subscription("connectors.webhooks", topics.RECORDS, WANTED, handle)
