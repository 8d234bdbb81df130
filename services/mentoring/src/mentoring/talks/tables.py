"""Free slots, and talks asked for in them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from common.store.tables import Stored
from mentoring.domain.talks import KINDS, LIVE, STATES, Kind, State


class TalkSlot(Stored, table=True):
    """A time that a mentor of a programme has free for a talk of a kind; `withdrawn_at` is null while they do."""

    __tablename__ = "talk_slots"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint("way IN ('online', 'onsite')", name="way"),
        Index(None, "starts_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(foreign_key="programmes.id", index=True)
    mentor_id: UUID = Field(index=True)
    kind: Kind = Field(sa_type=Text)
    starts_at: datetime
    ends_at: datetime
    way: str
    withdrawn_at: datetime | None


class Talk(Stored, table=True):
    """A talk that somebody has asked for; where nobody answers until `answer_by`, the slot is free again.

    It counts, on the day `held_on`, once both have said that it was held; `expires_at` is until when the second may say so.
    """

    __tablename__ = "talks"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("(state = 'pending') = (expires_at IS NOT NULL)", name="pending"),
        CheckConstraint("(state = 'confirmed') = (held_on IS NOT NULL)", name="held"),
        CheckConstraint("state <> 'confirmed' OR num_nulls(mentee_said_at, mentor_said_at) = 0", name="confirmed"),
        Index("ix_talks_unanswered", "answer_by", postgresql_where=text("state = 'requested'")),
        Index("uq_talks_one_live", "slot_id", unique=True, postgresql_where=text(f"state IN {LIVE}")),
    )

    id: UUID = Field(primary_key=True)
    slot_id: UUID = Field(foreign_key="talk_slots.id")
    mentee_id: UUID = Field(index=True)
    topic: str
    state: State = Field(sa_type=Text)
    asked_at: datetime
    answer_by: datetime
    reason: str | None
    mentee_said_at: datetime | None = None
    mentor_said_at: datetime | None = None
    expires_at: datetime | None = None
    held_on: date | None = None
    version: int
