"""The queue as it is shown, taken from, and told of."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document, Line
from common.web.pages import Page
from credit.domain.cases import Kind
from credit.domain.waiting import Awaits, Waits


class NarrowedIn(Document):
    """Which cases of the queue somebody asks for: all, or those of an agency, a kind, a jenjang, or past their clock."""

    agency_id: UUID | None = None
    kind: Kind | None = None
    jenjang: Line | None = None
    overdue: bool = False


class TakeIn(NarrowedIn):
    """How many cases somebody would like to decide now, and which."""

    most: int = Field(20, strict=True, ge=1, le=500)


class QueuedOut(BaseModel):
    """A case that waits, as of the moment.

    `due_on` is the last day to decide it in time, counted in working days from `since`. The queue is served in the order of
    `wanted_by`: `period` is the period of promotion that the person misses if nobody decides it by then, and the next one
    begins `months_lost` months later; both null where its points lead to no promotion yet. In somebody's hands it is until
    `held_until`.
    """

    case_id: UUID
    person_id: UUID
    agency_id: UUID = Field(description="where the person serves now")
    kind: Kind
    jenjang: str
    awaits: Awaits
    since: datetime
    due_on: date
    overdue: bool
    wanted_by: date
    period: date | None
    months_lost: int | None
    held_until: datetime | None


class QueueOut(Page[QueuedOut]):
    """What waits for a decision. `withheld` tells an empty queue from one that is empty for whoever asks."""

    withheld: bool = Field(
        description="nothing waits for you, but cases do that others decide: you have a conflict of interest with their people"
    )


class TakenOut(BaseModel):
    """The cases that are now in the caller's hands."""

    items: list[QueuedOut]


class WaitingTimeOut(BaseModel):
    """How long the cases of an agency waited in a state for people's decisions, of those decided from `since` to `until`.

    Half of them waited no longer than `median_seconds`, nine of ten no longer than `ninetieth_seconds`. The clock stops at the
    second of the decision. An agency with few people is left out.
    """

    agency_id: UUID
    agency: str | None = Field(description="what it is called; null until the registry has told of it")
    state: Waits
    cases: int
    median_seconds: int
    ninetieth_seconds: int
    since: datetime
    until: datetime


class AgeOut(BaseModel):
    """What waits for a decision in an agency now: half of it came no longer ago than `median_seconds`, nine of ten than `ninetieth_seconds`."""

    agency_id: UUID
    awaits: Awaits
    waiting: int
    overdue: int
    oldest: datetime = Field(description="since when the oldest waits")
    median_seconds: int
    ninetieth_seconds: int


class AgesOut(BaseModel):
    """What waits, by agency and decision."""

    items: list[AgeOut]


class AssessorOut(BaseModel):
    """How long cases waited in a state for the decision of one assessor (or of their deputy), and how many of these were `late`.

    Half of them waited no longer than `median_seconds`, nine of ten no longer than `ninetieth_seconds`. Who serves from one
    queue does not choose how long a case has waited there: it is a reason to ask, not a verdict.
    """

    person_id: UUID
    state: Waits
    decisions: int
    late: int = Field(description="decided after the last day of their clock")
    median_seconds: int
    ninetieth_seconds: int


class AssessorsOut(BaseModel):
    """Those who have decided since a day, among the people whose superior asks."""

    since: date
    items: list[AssessorOut]


class WaitingTimesOut(BaseModel):
    """Waiting times by agency and state, and what each state promises in working days."""

    items: list[WaitingTimeOut]
    promised: dict[Waits, int]
