"""Sessions of pairs, and the files that go with them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored
from mentoring.domain.programmes import Side
from mentoring.domain.sessions import By, State


class MentoringSession(Stored, table=True):
    """A session of a pair. It counts, on the day `held_on`, once both have said that it was held.

    `expires_at` is until when the second may say so. `log` and `actions` are for the two alone. A session is cancelled with
    a reason, also one that had counted. `sequence` counts the times it was given another time or cancelled, for calendars,
    `reminded` the reminders of it (a day before, an hour before) that are past.
    """

    __tablename__ = "mentoring_sessions"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint("way IN ('online', 'onsite')", name="way"),
        CheckConstraint("state IN ('planned', 'pending', 'confirmed', 'cancelled')", name="state"),
        CheckConstraint("(state = 'pending') = (expires_at IS NOT NULL)", name="pending"),
        CheckConstraint(
            "state <> 'confirmed' OR num_nulls(held_on, mentee_said_at, mentor_said_at) = 0", name="confirmed"
        ),
        CheckConstraint(
            "(state = 'cancelled') = (cancelled_by IS NOT NULL) AND (cancelled_by IS NULL) = (cancel_reason IS NULL)",
            name="cancelled",
        ),
        Index(None, "pair_id", "starts_at"),
        Index("ix_mentoring_sessions_planned", "starts_at", postgresql_where=text("state = 'planned'")),
    )

    id: UUID = Field(primary_key=True)
    pair_id: UUID = Field(foreign_key="pairs.id")
    starts_at: datetime
    ends_at: datetime
    way: str
    place: str | None
    state: State = Field(sa_type=Text)
    mentee_said_at: datetime | None
    mentor_said_at: datetime | None
    expires_at: datetime | None
    held_on: date | None
    log: str | None
    actions: list[dict[str, Any]] = Field(sa_type=JSONB)
    cancelled_by: By | None = Field(sa_type=Text)
    cancel_reason: str | None
    sequence: int
    reminded: int
    version: int


class SessionFile(Stored, table=True):
    """A file of a session: its bytes are in the file store under its id, and are those that the hash is of."""

    __tablename__ = "session_files"
    __table_args__ = (CheckConstraint("added_by IN ('mentee', 'mentor')", name="added_by"),)

    id: UUID = Field(primary_key=True)
    session_id: UUID = Field(foreign_key="mentoring_sessions.id", index=True)
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: Side = Field(sa_type=Text)
    added_at: datetime


class QuietPair(Stored, table=True):
    """A pair that was found to have held no session for long, since the last one or since it began."""

    __tablename__ = "quiet_pairs"

    pair_id: UUID = Field(primary_key=True, foreign_key="pairs.id")
    since: date = Field(primary_key=True)
    found_on: date
