"""What connectors reads from the registry of people: reports of whoever was not known wait no longer."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.messages.waiting import admit
from common.parts import Parts
from connectors.erasing import ERASING
from connectors.people import PEOPLE
from connectors.reports.commands import settle
from connectors.reports.resolving import place_numbers
from roster.copies import News


def subscription(parts: Parts) -> Subscription:
    """Keeps people."""

    async def hear(session: AsyncSession, news: News) -> None:
        found = await place_numbers(session, {each.nip_hash for each in news.told.values()})
        await settle(session, found, parts.clock.now())
        await ERASING.erase(session, [each for each, told in news.told.items() if told.erased_on])

    kept = PEOPLE.subscription("connectors.people", hear)

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        await admit(session)  # whoever looks for them meanwhile either finds them or is found
        await kept.handler(session, batch)

    return replace(kept, handler=handle)
