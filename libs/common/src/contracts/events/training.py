"""What training tells: records, and who is short of learning hours (JP)."""

from decimal import Decimal
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from common.events import Event, Topic
from common.fields import Day
from contracts import topics
from contracts.events import PREFIX, Part


class _RecordEvent(Event):
    """`year` is that of the end date. `jp_by_year` is what a record counts by year, or counted until it was
    revoked; null where all of it counts in `year`.
    """

    topic: ClassVar[Topic] = topics.RECORDS
    source: ClassVar[str] = "/training"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "record_id"

    record_id: UUID
    person_id: UUID
    agency_id: UUID
    year: int
    jp_by_year: dict[int, Decimal] | None = None


class _RecordState(_RecordEvent):
    """`hands` are the subjects and people who sent, corrected or verified a record that names a degree, for they must
    not judge its worth. Empty for every other record, and in events from before they were told.
    """

    form: str
    title: str
    provider_id: UUID | None
    course_id: UUID | None
    start_date: Day
    end_date: Day
    jp_stated: Decimal | None
    jp_counted: Decimal
    verified: bool
    source_kind: Literal["system", "provider", "self"]
    degree: str | None
    international: bool
    competencies: list[str]
    rule_pack: str
    hands: list[str] = Field(default_factory=list[str])


class TrainingCompleted(_RecordState):
    """A finished learning activity was recorded. `jp_counted` is what its form and caps allow."""

    type: ClassVar[str] = f"{PREFIX}.training.TrainingCompleted.v1"


class TrainingCorrected(_RecordState):
    """A record now says something else; the full new state, and why.

    Also when the person's history was told late and another agency answers for the end date.
    """

    type: ClassVar[str] = f"{PREFIX}.training.TrainingCorrected.v1"

    reason: str


class TrainingRevoked(_RecordEvent):
    """A record counts no more, and why."""

    type: ClassVar[str] = f"{PREFIX}.training.TrainingRevoked.v1"

    reason: str


PEOPLE_A_PAGE = 1_000
"""The most people that one `JPShortfallDetected` tells of."""


class ShortPerson(Part):
    """Somebody below the pace: hours (JP) owed for the year, due by now, verified, and missing.

    `version` grows with each word on this person in this sweep: short, caught up, short again.
    """

    person_id: UUID
    unit_id: UUID | None
    unit_name: str | None
    target: Decimal
    threshold: Decimal
    verified: Decimal
    missing: Decimal
    version: int = 1


class JPShortfallDetected(Event):
    """A page of up to 1,000 people of one agency who are short of the JP due in a caturwulan.

    `kind` is `sweep` for a round of sounding and `reopened` when a correction or revocation put
    people below the threshold of a closed period again, or a late history put them into this agency.
    """

    topic: ClassVar[Topic] = topics.SHORTFALLS
    type: ClassVar[str] = f"{PREFIX}.training.JPShortfallDetected.v1"
    source: ClassVar[str] = "/training"
    key_field: ClassVar[str] = "agency_id"
    subject_field: ClassVar[str] = "sweep_id"

    sweep_id: UUID
    kind: Literal["sweep", "reopened"]
    year: int
    period: Literal[1, 2, 3]
    as_of: Day
    agency_id: UUID
    page: int
    pages: int
    people_total: int
    short_total: int
    people: list[ShortPerson]


class JPShortfallResolved(Event):
    """Somebody short in a closed period has reached its threshold after all, or served in another agency.

    The latter is told when the person's history changes afterwards; the other agency is then told of
    them as `reopened`.
    """

    topic: ClassVar[Topic] = topics.SHORTFALLS
    type: ClassVar[str] = f"{PREFIX}.training.JPShortfallResolved.v1"
    source: ClassVar[str] = "/training"
    key_field: ClassVar[str] = "agency_id"
    subject_field: ClassVar[str] = "person_id"

    sweep_id: UUID
    year: int
    period: Literal[1, 2, 3]
    agency_id: UUID
    person_id: UUID
    verified: Decimal
    threshold: Decimal


class MentoringAnswered(Event):
    """What became of the sessions that mentoring told of; its sequence is the version of the completion it answers.

    `record_id` is the record that stands for them, if one does; `refused` the code of why it does not say what was told.
    """

    topic: ClassVar[Topic] = topics.MENTORED
    type: ClassVar[str] = f"{PREFIX}.training.MentoringAnswered.v1"
    source: ClassVar[str] = "/training"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "completion_id"

    completion_id: UUID
    person_id: UUID
    record_id: UUID | None
    refused: str | None


class _ActivityAnswer(Event):
    """What became of a report of connectors; its sequence is the version of the report that it answers."""

    topic: ClassVar[Topic] = topics.ACTIVITY_ANSWERS
    source: ClassVar[str] = "/training"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "report_id"

    report_id: UUID
    person_id: UUID


class ActivityTaken(_ActivityAnswer):
    """What was told holds: by the record named, which was made now or was there before; by none where it was withdrawn."""

    type: ClassVar[str] = f"{PREFIX}.training.ActivityTaken.v1"

    record_id: UUID | None


class ActivityRefused(_ActivityAnswer):
    """What was told is refused: by the code of a problem, the field at fault, and the words for it by language, as the API would answer it.

    `record_id` is the record that stands for the report all the same, as it was told before.
    """

    type: ClassVar[str] = f"{PREFIX}.training.ActivityRefused.v1"

    code: str
    field: str | None
    words: dict[str, str]
    record_id: UUID | None


class CourseChanged(Event):
    """A course of the catalogue as it is now. It is on offer from `valid_from` until the day before `valid_to`; null: it is open.

    `jp` are the hours that its programme states, if it does.
    """

    topic: ClassVar[Topic] = topics.COURSES
    type: ClassVar[str] = f"{PREFIX}.training.CourseChanged.v1"
    source: ClassVar[str] = "/training"
    key_field: ClassVar[str] = "course_id"
    subject_field: ClassVar[str] = "course_id"

    course_id: UUID
    code: str
    provider_id: UUID
    title: str
    form: str
    jp: Decimal | None
    competencies: list[str]
    valid_from: Day
    valid_to: Day | None


class AccreditedFor(Part):
    """That a provider may give a form of learning from `valid_from` until the day before `valid_to`; null: it is open."""

    form: str
    valid_from: Day
    valid_to: Day | None


class ProviderChanged(Event):
    """A provider of the catalogue as it is now, with all its accreditations."""

    topic: ClassVar[Topic] = topics.COURSES
    type: ClassVar[str] = f"{PREFIX}.training.ProviderChanged.v1"
    source: ClassVar[str] = "/training"
    key_field: ClassVar[str] = "provider_id"
    subject_field: ClassVar[str] = "provider_id"

    provider_id: UUID
    code: str
    name: str
    accreditations: list[AccreditedFor]
