"""Classes as published and shown; who is in them, who was there, and results, as told line by line."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from common.fields import Day, Document, Moment, Words
from contracts.nip import WrittenNip
from training.fields import Code, Hours, Printed, Rupiah

State = Literal["enrolled", "waiting", "withdrawn"]


class SessionIn(Document):
    """A session of a class, and its hours (JP)."""

    starts_at: Moment
    ends_at: Moment
    jp: Hours


class ClassIn(Document):
    """A class of a course: its sessions one after the other, each within its days. Their hours add up to the course's, if it states any."""

    course_id: UUID
    begins_on: Day
    ends_on: Day
    sessions: list[SessionIn] = Field(min_length=1, max_length=100)
    seats: StrictInt = Field(ge=1, le=10_000)
    cost: Rupiah = Field(Decimal(0), description="for each seat")
    outcomes: list[Words] = Field(
        default_factory=list[Words], max_length=20, description="what attendees can do after it"
    )
    tags: list[Code] = Field(default_factory=list[Code], max_length=20)


class CancellationIn(Document):
    """Why a class is called off."""

    reason: Words


class SomebodyIn(Document):
    """Somebody, by NIP or by id."""

    nip: WrittenNip | None = None
    person_id: UUID | None = None

    @property
    def field(self) -> str:
        """By which of the two it names them."""
        return "nip" if self.nip else "person_id"


class AttendanceIn(SomebodyIn):
    """Whether somebody was there in a session; told again, it takes the place of what was told before."""

    session: StrictInt = Field(ge=1, le=100, description="its number: its place among the sessions of the class")
    present: StrictBool


class ResultIn(SomebodyIn):
    """What came of a class for somebody, and the name for their certificate."""

    name: Printed
    passed: StrictBool = True


class SessionOut(BaseModel):
    """A session of a class."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    starts_at: datetime
    ends_at: datetime
    jp: Decimal


class ClassOut(BaseModel):
    """A class as it is now."""

    id: UUID
    course_id: UUID
    provider_id: UUID
    title: str
    form: str
    begins_on: date
    ends_on: date
    sessions: list[SessionOut]
    jp: Decimal = Field(description="of all sessions")
    seats: int
    enrolled: int = Field(description="seats taken")
    waiting: int
    cost: Decimal
    outcomes: list[str]
    tags: list[str]
    cancelled_at: datetime | None
    cancel_reason: str | None
    version: int


class OfferOut(ClassOut):
    """A class somebody may still take part in, and what it is offered for."""

    closes: Decimal = Field(description="the hours (JP) of its sessions, up to what is left")
    reason: str


class OffersOut(BaseModel):
    """What somebody lacks in a year, and classes that close it: the most of it first, then the first to begin."""

    person_id: UUID
    year: int
    left: Decimal
    items: list[OfferOut]


class AgencyClassOut(ClassOut):
    """A class, and how many are in it of those who serve in an agency now; what came of it once that was told."""

    own_enrolled: int
    own_waiting: int
    own_passed: int
    own_failed: int


class EnrolmentOut(BaseModel):
    """Whether somebody has a seat."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    class_id: UUID
    person_id: UUID
    state: State


class ParticipantOut(EnrolmentOut):
    """Somebody in a class: the sessions they were in, and what came of it; `record_id` is the training's."""

    attended: list[int]
    passed: bool | None
    jp_counted: Decimal | None = Field(description="of their attendance, once there is a result")
    record_id: UUID | None
