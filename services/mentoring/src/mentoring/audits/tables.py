"""Samples, and the sessions in them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field

from common.store.tables import Stored
from mentoring.domain.audits import FINDINGS, Finding


class AuditSample(Stored, table=True):
    """A draw among the sessions of a programme that were held from `since` until `until`; the same seed draws the same."""

    __tablename__ = "audit_samples"
    __table_args__ = (CheckConstraint("since <= until", name="dates"),)

    id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(foreign_key="programmes.id", index=True)
    seed: int = Field(sa_type=BigInteger)
    size: int
    since: date
    until: date
    ordered_by: str
    drawn_at: datetime


class AuditedSession(Stored, table=True):
    """A session that was drawn; `auditor_id` is null where none of the auditors stood outside."""

    __tablename__ = "audited_sessions"
    __table_args__ = (
        UniqueConstraint("sample_id", "session_id"),
        CheckConstraint(f"finding IN {FINDINGS}", name="finding"),
        CheckConstraint("num_nulls(finding, words, found_at) IN (0, 3)", name="found"),
        CheckConstraint("finding IS NULL OR auditor_id IS NOT NULL", name="auditor"),
    )

    id: UUID = Field(primary_key=True)
    sample_id: UUID = Field(foreign_key="audit_samples.id")
    session_id: UUID = Field(foreign_key="mentoring_sessions.id", index=True)
    auditor_id: UUID | None = Field(index=True)
    finding: Finding | None = Field(default=None, sa_type=Text)
    words: str | None = None
    found_at: datetime | None = None
