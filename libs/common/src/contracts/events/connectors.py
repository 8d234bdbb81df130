"""What connectors tells: activities that platforms and files have reported, and that a report is taken back."""

from decimal import Decimal
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from common.events import Event, Topic
from common.fields import Day
from contracts import topics
from contracts.events import PREFIX, Part

BehalfKind = Literal["agency", "provider", "person", "platform"]


class Behalf(Part):
    """In whose name something is reported: it may what they may through the API, and no more.

    `by` is the subject of who has sent it, and `by_person` whose token that was, where it was somebody's: nobody
    decides over a record of their own, whichever way it came.
    """

    kind: BehalfKind
    id: UUID
    by: str
    by_person: UUID | None = None


class _ReportEvent(Event):
    """About a report. Its sequence is the version of the report: of several the newest counts, in whatever order they come."""

    topic: ClassVar[Topic] = topics.ACTIVITIES
    source: ClassVar[str] = "/connectors"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "report_id"

    report_id: UUID
    person_id: UUID
    connection_id: UUID
    behalf: Behalf


class ActivityReported(_ReportEvent):
    """Somebody has finished an activity, as one that is connected has told; whole, also when it is told anew.

    `course_id` is of the catalogue, as a mapping says; `course_code` is what a file says. What is null of form and title is as
    the course has it. Without an end, the activity ended on the day of `happened_at` where the person served then. `jp` are
    told only by those that may tell hours: never by a learning platform.
    """

    type: ClassVar[str] = f"{PREFIX}.connectors.ActivityReported.v1"

    source_name: str
    reference: str
    course_id: UUID | None
    course_code: str | None
    provider_code: str | None
    form: str | None
    title: str | None
    start_date: Day | None
    end_date: Day | None
    happened_at: AwareDatetime
    session_dates: list[Day] = Field(default_factory=list[Day])
    sessions: int | None
    jp: Decimal | None
    international: bool
    degree: str | None
    competencies: list[str] = Field(default_factory=list[str])
    evidence: str | None


class ActivityWithdrawn(_ReportEvent):
    """What was reported counts no more, and why, in words."""

    type: ClassVar[str] = f"{PREFIX}.connectors.ActivityWithdrawn.v1"

    reason: str


class ActivityDisputed(_ReportEvent):
    """The platform says otherwise than it did: a person is to decide. What was reported counts until then.

    `why`: its statement was voided, it says that the course is not finished after all, or a certificate was revoked.
    """

    type: ClassVar[str] = f"{PREFIX}.connectors.ActivityDisputed.v1"

    why: Literal["voided", "failed", "revoked"]
