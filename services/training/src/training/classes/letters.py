"""What people are written about their classes."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import derived_id
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events.notification import MessageRequested
from training.catalogue.tables import Course
from training.classes.tables import TaughtClass
from training.domain.rules import Book

Step = Literal["enrolled", "changed", "cancelled"]
A_WEEK = timedelta(days=7)


def write(
    session: AsyncSession, whom: Iterable[UUID], step: Step, found: TaughtClass, course: Course, caller: Caller[Book]
) -> None:
    """Asks for a letter to each of them about what has become of a class or of their seat in it: one for each of its versions."""
    for person_id in whom:
        asked = MessageRequested(
            request_id=derived_id("class", step, found.id, found.version, person_id),
            recipient="person",
            recipient_id=person_id,
            template="class",
            values={
                "step": step,
                "title": course.title,
                "begins_on": found.begins_on.isoformat(),
                "ends_on": found.ends_on.isoformat(),
            },
            reason="your-class",
            expires_at=caller.now + max(A_WEEK, found.begins_on - caller.today),
        )
        emit(session, asked, sequence=1, time=caller.now)
