"""The shortfalls that the training service tells of, page by page and person by person."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from operator import attrgetter
from typing import ClassVar, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.events import Event, Received, Topic
from common.messages.inbox import Subscription
from common.messages.waiting import hold
from common.parts import Parts
from contracts import topics
from contracts.events.training import JPShortfallDetected, JPShortfallResolved
from notification.agencies import AGENCIES
from notification.rounds import commands

CONSUMER = "notification.shortfall"


class ShortfallPage(Event):
    """What is read here of a `JPShortfallDetected`.

    Its people stay in the payload: PostgreSQL unpacks them, and refuses them when they have another
    shape. A batch may hold a hundred thousand of them, too many objects for this process.
    """

    topic: ClassVar[Topic] = JPShortfallDetected.topic
    type: ClassVar[str] = JPShortfallDetected.type
    source: ClassVar[str] = JPShortfallDetected.source
    key_field: ClassVar[str] = JPShortfallDetected.key_field
    subject_field: ClassVar[str] = JPShortfallDetected.subject_field

    sweep_id: UUID
    kind: Literal["sweep", "reopened"]
    year: int
    period: Literal[1, 2, 3]
    as_of: date
    agency_id: UUID
    page: int
    pages: int
    people_total: int
    short_total: int


WANTED = (ShortfallPage, JPShortfallResolved)


def subscription(parts: Parts) -> Subscription:
    """What notification reads from the training service."""
    handle = partial(take_shortfalls, clock=parts.clock, gathering=parts.settings.gathering)
    return Subscription(CONSUMER, topics.SHORTFALLS, WANTED, handle)


async def take_shortfalls(
    session: AsyncSession, received: Sequence[Received], clock: Clock, gathering: timedelta
) -> None:
    """Takes in what speaks of known agencies; the rest waits, in order, until its agency is known."""
    here = await hold(session, CONSUMER, received, attrgetter("agency_id"), AGENCIES.known)
    pages = [event for event in here if event.type == ShortfallPage.type]
    resolved = [event for event in here if event.type == JPShortfallResolved.type]
    await commands.take_in(session, pages, resolved, clock, gathering)
