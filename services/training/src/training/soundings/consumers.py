"""What the soundings hear of units: whoever is short is told of by the name of their unit."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.messages.inbox import Subscription
from common.parts import Parts
from roster.copies import News
from training.units import UNITS


def subscription(_: Parts) -> Subscription:
    """Keeps the names of units. What was told under an earlier name stays as it was told."""

    async def hear(_: AsyncSession, __: News) -> None: ...

    return UNITS.subscription("training.units", hear)
