"""Audits of how an agency develops its people."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored
from training.domain.audits import FINDINGS, Finding


class Audit(Stored, table=True):
    """That somebody of LAN looks into an agency's records, since when, and for what reason."""

    __tablename__ = "audits"

    id: UUID = Field(primary_key=True)
    agency_id: UUID = Field(index=True)
    reason: str
    opened_by: str = Field(sa_column_kwargs={"comment": "subject of the caller's token"})
    opener_id: UUID | None = Field(sa_column_kwargs={"comment": "whose token it was, where that is known"})
    role: str
    opened_at: datetime


class RecordSample(Stored, table=True):
    """A draw among the valid records of the audited agency that ended from `since` until `until`; the same seed draws the same.

    `strata` says of each form and jenjang how many records there were, and how many of them were drawn.
    """

    __tablename__ = "record_samples"
    __table_args__ = (CheckConstraint("since <= until", name="dates"),)

    id: UUID = Field(primary_key=True)
    audit_id: UUID = Field(foreign_key="audits.id", index=True)
    seed: int = Field(sa_type=BigInteger)
    size: int
    since: date
    until: date
    due_on: date
    strata: list[dict[str, Any]] = Field(sa_type=JSONB)
    drawn_by: str
    drawn_at: datetime


class AuditedRecord(Stored, table=True):
    """A record that was drawn, and what was found of it; `auditor_id` is null where none of the auditors stood outside."""

    __tablename__ = "audited_records"
    __table_args__ = (
        UniqueConstraint("sample_id", "record_id"),
        CheckConstraint(f"finding IN {FINDINGS}", name="finding"),
        CheckConstraint("num_nulls(finding, words, found_at) IN (0, 3)", name="found"),
        CheckConstraint("finding IS NULL OR auditor_id IS NOT NULL", name="auditor"),
    )

    id: UUID = Field(primary_key=True)
    sample_id: UUID = Field(foreign_key="record_samples.id")
    record_id: UUID = Field(foreign_key="records.id", index=True)
    auditor_id: UUID | None = Field(index=True)
    finding: Finding | None = Field(default=None, sa_type=Text)
    words: str | None = None
    found_at: datetime | None = None
