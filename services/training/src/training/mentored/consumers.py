"""Taking in what mentoring tells of sessions; those of somebody who is not known yet wait for the person."""

from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.messages.inbox import Subscription
from common.messages.waiting import hold
from common.parts import Parts
from contracts import topics
from contracts.events.mentoring import MentoringCompleted, MentoringCorrected
from training.mentored.commands import take
from training.people import PEOPLE

NAME = "training.mentoring"


def subscription(parts: Parts) -> Subscription:
    """Makes one record of the sessions of a mentee in a year."""

    async def handle(session: AsyncSession, batch: Sequence[Received]) -> None:
        known = await hold(session, NAME, batch, attrgetter("mentee_id"), PEOPLE.known)
        await take(session, known, parts)

    return Subscription(NAME, topics.PAIRS, (MentoringCompleted, MentoringCorrected), handle)
