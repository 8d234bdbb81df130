"""What mentoring tells: programmes, pairs, and sessions that were held."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

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


class _PairEvent(Event):
    """About a pair. Agencies and units are those at the match; a unit is null where the registry told of none."""

    topic: ClassVar[Topic] = topics.PAIRS
    source: ClassVar[str] = "/mentoring"
    key_field: ClassVar[str] = "mentee_id"
    subject_field: ClassVar[str] = "pair_id"

    pair_id: UUID
    programme_id: UUID
    mentee_id: UUID
    mentor_id: UUID
    mentee_agency_id: UUID
    mentee_unit_id: UUID | None
    mentor_agency_id: UUID
    mentor_unit_id: UUID | None


class MentorMatched(_PairEvent):
    """A mentee is offered a mentor; both have until `answer_by` to accept."""

    type: ClassVar[str] = f"{PREFIX}.mentoring.MentorMatched.v1"

    answer_by: AwareDatetime


class MatchDeclined(_PairEvent):
    """An offer came to nothing: one of them declined or did not answer in time, or the last seat went. Who and why is not told."""

    type: ClassVar[str] = f"{PREFIX}.mentoring.MatchDeclined.v1"

    by: Literal["answer", "silence", "seats"]


Kind = Literal["mentoring", "circle", "talk", "guidance"]
"""What a session is of: a pair, a circle of several mentees, a single talk, a talk on somebody's career."""


class _HeldEvent(Event):
    """About sessions that were held. A pair and a programme are null for what is held outside one."""

    topic: ClassVar[Topic] = topics.PAIRS
    source: ClassVar[str] = "/mentoring"
    key_field: ClassVar[str] = "mentee_id"

    kind: Kind
    pair_id: UUID | None
    programme_id: UUID | None
    mentee_id: UUID
    mentor_id: UUID
    mentee_agency_id: UUID
    mentee_unit_id: UUID | None
    mentor_agency_id: UUID
    mentor_unit_id: UUID | None


class SessionConfirmed(_HeldEvent):
    """Both have said that a session was held, on the day `held_on` where the mentee serves; agencies and units are of that day.

    Of a meeting of a circle it is told of each who was there, with a `session_id` of their own.
    """

    type: ClassVar[str] = f"{PREFIX}.mentoring.SessionConfirmed.v1"
    subject_field: ClassVar[str] = "session_id"

    session_id: UUID
    held_on: Day
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class MentoringCompleted(_HeldEvent):
    """The confirmed sessions of a mentee in a calendar year, by their days in order: what their hours follow from.

    Told when what they are part of is over, or on the last day of the year. Agencies and units are those at the match; where there
    was none, as in a circle, those of the day it is told.
    """

    type: ClassVar[str] = f"{PREFIX}.mentoring.MentoringCompleted.v1"
    subject_field: ClassVar[str] = "completion_id"

    completion_id: UUID
    title: str
    year: int
    session_dates: list[Day]
    minutes: int
    reason: Literal["ended", "left", "year-end"]


class MentoringCorrected(_HeldEvent):
    """What was completed has other sessions now; `session_dates` are all of them, none where each was taken back."""

    type: ClassVar[str] = f"{PREFIX}.mentoring.MentoringCorrected.v1"
    subject_field: ClassVar[str] = "completion_id"

    completion_id: UUID
    title: str
    year: int
    session_dates: list[Day]
    minutes: int
    reason: Literal["late-confirmation", "correction", "cancellation"]


class MentorRecognised(Event):
    """What somebody has done as a mentor in a calendar year: the whole of it so far, told anew when it changes.

    It counts the confirmed sessions that were told for the hours of mentees. `corrections` is how often it was told
    otherwise before. Agency and unit are those of the last day it speaks of.
    """

    topic: ClassVar[Topic] = topics.MENTORS
    type: ClassVar[str] = f"{PREFIX}.mentoring.MentorRecognised.v1"
    source: ClassVar[str] = "/mentoring"
    key_field: ClassVar[str] = "mentor_id"
    subject_field: ClassVar[str] = "mentor_id"

    mentor_id: UUID
    mentor_agency_id: UUID
    mentor_unit_id: UUID | None
    year: int
    sessions: int
    minutes: int
    mentees: int
    corrections: int
