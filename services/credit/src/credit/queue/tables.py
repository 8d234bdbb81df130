"""Cases that wait for a decision: a row each, as long as it does.

What a page of the queue asks for stands here, so that it reads no more than it shows.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, Text, text
from sqlmodel import Field

from common.store.tables import Stored
from credit.domain.cases import Kind
from credit.domain.waiting import AWAITS, Awaits, Waits


class QueueRow(Stored, table=True):
    """A case that waits: for which decision, since when and until when, and by when it wants deciding.

    `held_by` is the subject of whoever has it in hand, `held_for` the person whose hands those are: their own, or those of
    whoever they stand in for.
    """

    __tablename__ = "queue"
    __table_args__ = (
        CheckConstraint(f"awaits IN {AWAITS}", name="awaits"),
        CheckConstraint("num_nulls(period, months_lost) IN (0, 2)", name="period"),
        CheckConstraint("num_nulls(held_by, held_until) IN (0, 2)", name="held"),
        Index(None, "awaits", "wanted_by", "case_id"),
        Index(None, "agency_id", "awaits", "wanted_by", "case_id"),
        Index("ix_queue_due", "due_on", postgresql_where=text("escalated_at IS NULL")),
        Index("ix_queue_held", "held_by", postgresql_where=text("held_by IS NOT NULL")),
        Index("ix_queue_held_for", "held_for", postgresql_where=text("held_for IS NOT NULL")),
    )

    case_id: UUID = Field(primary_key=True, foreign_key="cases.id")
    person_id: UUID = Field(index=True)
    agency_id: UUID = Field(sa_column_kwargs={"comment": "where the person serves now"})
    kind: Kind = Field(sa_type=Text)
    jenjang: str
    awaits: Awaits = Field(sa_type=Text)
    since: datetime = Field(sa_column_kwargs={"comment": "when it came into its state"})
    due_on: date = Field(sa_column_kwargs={"comment": "the last day to decide it in time"})
    escalated_at: datetime | None = None
    wanted_by: date = Field(sa_column_kwargs={"comment": "the order of the queue"})
    period: date | None = Field(default=None, sa_column_kwargs={"comment": "of promotion, missed if it waits longer"})
    months_lost: int | None = Field(default=None, sa_type=SmallInteger)
    held_by: str | None = None
    held_for: UUID | None = None
    held_until: datetime | None = None


class WaitingTimeRow(Stored, table=True):
    """How long the cases of an agency have waited in a state for people's decisions, as it was counted last."""

    __tablename__ = "waiting_times"
    __table_args__ = (CheckConstraint("cases > 0 AND median_seconds <= ninetieth_seconds", name="times"),)

    agency_id: UUID = Field(primary_key=True)
    state: Waits = Field(primary_key=True, sa_type=Text)
    cases: int
    median_seconds: int = Field(sa_type=BigInteger)
    ninetieth_seconds: int = Field(sa_type=BigInteger)
    since: datetime
    until: datetime


queue, waiting_times = QueueRow.table(), WaitingTimeRow.table()
