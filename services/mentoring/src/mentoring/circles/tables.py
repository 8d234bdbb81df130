"""Circles, who is in them, their meetings, and who was there."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from common.store.tables import Stored
from mentoring.domain.circles import STATES, State
from mentoring.domain.sessions import State as SaidState


class Circle(Stored, table=True):
    """A mentor's circle in a programme. `ends_on` is its last day as planned, or as it came."""

    __tablename__ = "circles"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("seats > 0", name="seats"),
    )

    id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(foreign_key="programmes.id", index=True)
    mentor_id: UUID = Field(index=True)
    topic: str
    seats: int
    opened_at: datetime
    ends_on: date
    state: State = Field(sa_type=Text)
    version: int


class CircleMember(Stored, table=True):
    """A mentee of a circle; `left_at` is null while they are. Each who has not left takes a seat."""

    __tablename__ = "circle_members"

    circle_id: UUID = Field(primary_key=True, foreign_key="circles.id")
    person_id: UUID = Field(primary_key=True, index=True)
    joined_at: datetime
    left_at: datetime | None


class CircleMeeting(Stored, table=True):
    """A meeting of a circle. What was said of it stands with each who was there; `log` is for the circle alone.

    `sequence` counts what calendars were told after the invitation, `reminded` the reminders of it that are past.
    """

    __tablename__ = "circle_meetings"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint("way IN ('online', 'onsite')", name="way"),
        CheckConstraint("(state = 'cancelled') = (cancel_reason IS NOT NULL)", name="cancelled"),
        CheckConstraint("state IN ('planned', 'cancelled')", name="state"),
        Index("ix_circle_meetings_ahead", "starts_at", postgresql_where=text("state = 'planned' AND reminded < 2")),
    )

    id: UUID = Field(primary_key=True)
    circle_id: UUID = Field(foreign_key="circles.id", index=True)
    starts_at: datetime
    ends_at: datetime
    way: str
    place: str | None
    log: str | None
    state: str
    cancel_reason: str | None
    sequence: int
    reminded: int
    version: int


class CircleAttendance(Stored, table=True):
    """What mentor and mentee say of the mentee at a meeting. It counts, on the day `held_on`, once both have said they were there."""

    __tablename__ = "circle_attendances"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'confirmed', 'cancelled')", name="state"),
        CheckConstraint("(state = 'pending') = (expires_at IS NOT NULL)", name="pending"),
        CheckConstraint("(state = 'confirmed') = (held_on IS NOT NULL)", name="held"),
        CheckConstraint("state <> 'confirmed' OR num_nulls(mentee_said_at, mentor_said_at) = 0", name="confirmed"),
    )

    id: UUID = Field(unique=True)
    meeting_id: UUID = Field(primary_key=True, foreign_key="circle_meetings.id")
    mentee_id: UUID = Field(primary_key=True, index=True)
    state: SaidState = Field(sa_type=Text)
    mentee_said_at: datetime | None
    mentor_said_at: datetime | None
    expires_at: datetime | None
    held_on: date | None
    version: int
