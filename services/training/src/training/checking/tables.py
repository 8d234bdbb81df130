"""Records in the hands of verifiers, and what they decided."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from common.store.tables import Stored
from training.domain.checking import VERDICTS, Verdict


class Check(Stored, table=True):
    """A record in somebody's hands until a moment, and what they decided. Of a record one is open at most.

    `held_by` is the subject of their token, `acting_for` the person for whom a deputy has it.
    """

    __tablename__ = "checks"
    __table_args__ = (
        CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
        CheckConstraint("(verdict IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(verdict = 'refused') = (reason IS NOT NULL)", name="reason"),
        Index("uq_checks_open", "record_id", unique=True, postgresql_where=text("verdict IS NULL")),
        Index("ix_checks_held", "held_by", postgresql_where=text("verdict IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    record_id: UUID = Field(foreign_key="records.id", index=True)
    held_by: str
    acting_for: UUID | None
    until: datetime
    verdict: Verdict | None = Field(default=None, sa_type=Text)
    reason: str | None = None
    decided_at: datetime | None = None
