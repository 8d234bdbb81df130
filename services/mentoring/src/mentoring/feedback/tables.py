"""What each of the two says at the start, at the end, and after a session."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored
from mentoring.domain.feedback import Stage
from mentoring.domain.programmes import Side


class Feedback(Stored, table=True):
    """What one of the two says at a stage: the level of the mentee in each item, and at the end how content they are (1 to 5)."""

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("side IN ('mentee', 'mentor')", name="side"),
        CheckConstraint("stage IN ('start', 'end')", name="stage"),
        CheckConstraint("(stage = 'end') = (content IS NOT NULL)", name="content"),
        CheckConstraint("content BETWEEN 1 AND 5", name="degree"),
    )

    pair_id: UUID = Field(primary_key=True, foreign_key="pairs.id")
    side: Side = Field(primary_key=True, sa_type=Text)
    stage: Stage = Field(primary_key=True, sa_type=Text)
    levels: dict[str, Any] = Field(sa_type=JSONB)
    content: int | None
    given_on: date


class SessionFeedback(Stored, table=True):
    """What one of the two answers after a session, 1 to 5: how useful it was, how clear what follows is, how openly they spoke."""

    __tablename__ = "session_feedback"
    __table_args__ = (
        CheckConstraint("side IN ('mentee', 'mentor')", name="side"),
        CheckConstraint("useful BETWEEN 1 AND 5 AND clear BETWEEN 1 AND 5 AND open BETWEEN 1 AND 5", name="degree"),
    )

    session_id: UUID = Field(primary_key=True, foreign_key="mentoring_sessions.id")
    side: Side = Field(primary_key=True, sa_type=Text)
    useful: int
    clear: int
    open: int
    said_at: datetime
