"""Circles and their meetings as opened, told of and shown."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document, Words
from contracts.looks import WhoseId
from mentoring.applications.schemas import Meeting
from mentoring.domain.circles import MOST_SEATS, State
from mentoring.domain.sessions import Shown
from mentoring.sessions.schemas import Log


class CircleIn(Document):
    """A circle that a mentor opens."""

    topic: Words
    seats: int = Field(8, strict=True, ge=2, le=MOST_SEATS)


class CircleOut(BaseModel):
    """A circle as everybody sees it."""

    id: UUID
    programme_id: UUID
    mentor_id: WhoseId
    topic: str
    seats: int
    taken: int
    opened_at: datetime
    ends_on: date
    state: State
    version: int


class MemberOut(BaseModel):
    """A mentee of a circle."""

    person_id: UUID
    joined_at: datetime
    left_at: datetime | None


class WholeCircleOut(CircleOut):
    """A circle as its mentor and its mentees see it."""

    members: list[MemberOut]


class PresentIn(Document):
    """What was talked about, and who was there: all of them, in place of whoever stood there."""

    log: Log | None = None
    present: list[UUID] = Field(max_length=MOST_SEATS)


class AttendanceOut(BaseModel):
    """What is said of somebody at a meeting."""

    mentee_id: WhoseId
    state: Shown = Field(description="pending: only one of the two has said so; it does not count")
    mentee_said_at: datetime | None
    mentor_said_at: datetime | None
    expires_at: datetime | None = Field(description="until when the other may say so")
    held_on: date | None = Field(description="the day it counts on")


class MeetingOut(BaseModel):
    """A meeting of a circle; of who was there, whoever attends sees themselves alone, and the mentor all."""

    id: UUID
    circle_id: UUID
    mentor_id: WhoseId
    starts_at: datetime
    ends_at: datetime
    way: Meeting
    place: str | None
    log: str | None
    state: Literal["planned", "cancelled"]
    cancel_reason: str | None
    attendances: list[AttendanceOut]
    version: int
