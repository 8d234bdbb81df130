"""What mentoring tells: programmes."""

from typing import ClassVar
from uuid import UUID

from common.events import Event, Topic
from common.fields import Day
from contracts import topics
from contracts.events import PREFIX


class _ProgrammeEvent(Event):
    """`closes_on` is the last day on which somebody may join."""

    topic: ClassVar[Topic] = topics.PROGRAMMES
    source: ClassVar[str] = "/mentoring"
    key_field: ClassVar[str] = "programme_id"
    subject_field: ClassVar[str] = "programme_id"

    programme_id: UUID
    agency_id: UUID
    title: str
    opens_on: Day
    closes_on: Day


class ProgrammeOpened(_ProgrammeEvent):
    """An agency takes mentors and mentees."""

    type: ClassVar[str] = f"{PREFIX}.mentoring.ProgrammeOpened.v1"


class ProgrammeClosed(_ProgrammeEvent):
    """Nobody joins a programme any more, and nobody is matched in it."""

    type: ClassVar[str] = f"{PREFIX}.mentoring.ProgrammeClosed.v1"
