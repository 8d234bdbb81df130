"""The events. Each is a fact in the past tense; a change that breaks a reader is a new `.v2` type."""

from decimal import Decimal
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.events import Event, Topic
from common.fields import Day
from contracts import topics

PREFIX = "id.go.asn"

StaffType = Literal["PNS", "PPPK"]
Status = Literal["active", "leave", "study", "retired", "deceased"]


class Part(BaseModel):
    """A part of an event, with the same strictness for writers."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Pic(Part):
    """Who answers for competence development in an agency."""

    rank: Literal["main", "deputy"]
    name: str
    email: str
    language: Literal["id", "en"]
    time_zone: str


class AgencyChanged(Event):
    """The full state of an agency (ministry K, institution L, region D) after a change."""

    topic: ClassVar[Topic] = topics.AGENCIES
    type: ClassVar[str] = f"{PREFIX}.registry.AgencyChanged.v1"
    source: ClassVar[str] = "/registry"
    key_field: ClassVar[str] = "agency_id"
    subject_field: ClassVar[str] = "agency_id"

    agency_id: UUID
    code: str
    name: str
    kind: Literal["K", "L", "D"]
    region: str | None
    parent_id: UUID | None
    active: bool
    pics: list[Pic]


class Assignment(Part):
    """Where a person served; `valid_to` is the first day it no longer held."""

    agency_id: UUID
    unit_id: UUID | None
    unit_name: str | None
    valid_from: Day
    valid_to: Day | None


class Post(Part):
    """The post a person held; jenjang is null outside the functional posts."""

    jenjang: str | None
    golongan: str | None
    position: str
    valid_from: Day
    valid_to: Day | None


class Absence(Part):
    """A time of leave or study during which the yearly duty rests."""

    status: Literal["leave", "study"]
    valid_from: Day
    valid_to: Day | None


class Standing(Part):
    """Whether a person served."""

    status: Status
    valid_from: Day
    valid_to: Day | None


class Schooling(Part):
    """The highest degree a person had."""

    degree: str
    valid_from: Day
    valid_to: Day | None


class PersonChanged(Event):
    """The full state and history of a person after a change: no NIP, no name.

    `statuses`, `educations` and `former_nip_hashes` are missing in events from before they were told.
    The latter stand for numbers that were the person's own until a new contract (PPPK) brought another: they still
    name the person. A number that was wrong and was mended is not among them.
    """

    topic: ClassVar[Topic] = topics.PEOPLE
    type: ClassVar[str] = f"{PREFIX}.registry.PersonChanged.v1"
    source: ClassVar[str] = "/registry"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "person_id"

    person_id: UUID
    nip_hash: str
    staff_type: StaffType
    status: Status
    joined_on: Day
    left_on: Day | None
    education: str | None
    jenjang: str | None
    golongan: str | None
    agency_id: UUID
    unit_id: UUID | None
    unit_name: str | None
    assignments: list[Assignment]
    posts: list[Post]
    absences: list[Absence]
    statuses: list[Standing] = Field(default_factory=list[Standing])
    educations: list[Schooling] = Field(default_factory=list[Schooling])
    former_nip_hashes: list[str] = Field(default_factory=list[str])


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


class CreditVerified(Event):
    """Credit points (angka kredit) were attested and entered the ledger.

    `twelfths` is the exact amount times twelve (months divide by twelve, which decimals cannot
    always hold); `ak` is the same to three decimals, for people.
    """

    topic: ClassVar[Topic] = topics.DECISIONS
    type: ClassVar[str] = f"{PREFIX}.credit.CreditVerified.v1"
    source: ClassVar[str] = "/credit"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "entry_id"

    entry_id: UUID
    case_id: UUID
    person_id: UUID
    agency_id: UUID
    kind: Literal["conversion", "education"]
    jenjang: str
    predikat: str | None
    months: int
    period_start: Day
    period_end: Day
    ak: str
    twelfths: Decimal
    balance_twelfths: Decimal
    rule_pack: str


PUBLISHED: tuple[type[Event], ...] = (
    AgencyChanged,
    PersonChanged,
    TrainingCompleted,
    TrainingCorrected,
    TrainingRevoked,
    JPShortfallDetected,
    JPShortfallResolved,
    CreditVerified,
)
