"""What SIASN is to be told of PAK. What it is to be told of records comes with what webhooks read of them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.parts import Parts
from connectors.siasn.laying import lay_papers
from contracts import topics
from contracts.events.credit import PakIssued, PakRevoked


def subscription(parts: Parts) -> Subscription:
    """Keeps what SIASN is to be told of PAK."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        await lay_papers(session, batch, parts)

    return Subscription("connectors.siasn", topics.DECISIONS, (PakIssued, PakRevoked), handle)
