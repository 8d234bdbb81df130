"""Free slots, and talks asked for in them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from common.store.tables import Stored
from mentoring.domain.talks import KINDS, LIVE, STATES, Kind, State


class TalkSlot(Stored, table=True):
    """A time that a mentor has free for a talk of a kind; `withdrawn_at` is null while they do."""

    __tablename__ = "talk_slots"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint("way IN ('online', 'onsite')", name="way"),
        Index(None, "starts_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    mentor_id: UUID = Field(index=True)
    kind: Kind = Field(sa_type=Text)
    starts_at: datetime
    ends_at: datetime
    way: str
    withdrawn_at: datetime | None


class Talk(Stored, table=True):
    """A talk that somebody has asked for; where nobody answers until `answer_by`, the slot is free again."""

    __tablename__ = "talks"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
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
    version: int
