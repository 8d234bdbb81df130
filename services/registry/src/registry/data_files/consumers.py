"""Taking in what the services hold of somebody."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.parts import Parts
from contracts import topics
from contracts.events.data_files import DataFilePart
from registry.data_files import commands


def subscription(_: Parts) -> Subscription:
    """What the services answer."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        await commands.take_in(session, batch)

    return Subscription("registry.data-files", topics.DATA_PARTS, (DataFilePart,), handle)
