"""What connectors reads of training's catalogue."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.parts import Parts
from connectors.catalogue.tables import COURSES, PROVIDERS
from contracts import topics
from contracts.events.training import CourseChanged, ProviderChanged


def subscription(parts: Parts) -> Subscription:
    """Keeps courses and providers."""
    del parts
    kept = [COURSES.subscription("connectors.courses"), PROVIDERS.subscription("connectors.courses")]

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        for each in kept:
            [wanted] = each.wanted
            if some := [received for received in batch if isinstance(received.event, wanted)]:
                await each.handler(session, some)

    return Subscription("connectors.courses", topics.COURSES, (CourseChanged, ProviderChanged), handle)
