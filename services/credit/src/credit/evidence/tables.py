"""Training records as credit sees them: what each gives in AK, and why."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored

CLAIMS = "degree IS NOT NULL OR case_id IS NOT NULL"
"""The records that name a degree, or once did: those of a person are found by an index."""


class EvidenceRow(Stored, table=True):
    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'revoked', 'reversal-due')", name="state"),
        CheckConstraint("outcome IN ('no-points', 'education-case')", name="outcome"),
        CheckConstraint("outcome = 'no-points' OR case_id IS NOT NULL", name="case"),
        Index(None, "person_id", "record_id"),
        Index("ix_evidence_claims", "person_id", postgresql_where=text(CLAIMS)),
    )

    record_id: UUID = Field(primary_key=True)
    person_id: UUID
    agency_id: UUID = Field(sa_column_kwargs={"comment": "where the person served on the end date"})
    sequence: int = Field(
        sa_type=BigInteger, sa_column_kwargs={"comment": "version of the record shown; 0: only its revocation is known"}
    )
    revoked_sequence: int | None = Field(
        sa_type=BigInteger, sa_column_kwargs={"comment": "version with which it was revoked"}
    )
    state: str
    form: str | None
    title: str | None
    end_date: date | None
    jp_counted: Decimal | None
    verified: bool | None
    degree: str | None
    hands: list[str] | None = Field(
        sa_type=JSONB,
        sa_column_kwargs={
            "comment": "subjects and people who sent, corrected or verified a record that names a degree"
        },
    )
    rule_pack: str | None
    outcome: str
    reason_code: str
    source: str | None = Field(sa_column_kwargs={"comment": "the legal source of the reason"})
    revocation: str | None = Field(sa_column_kwargs={"comment": "why it was revoked, in the words of who did"})
    case_id: UUID | None = Field(foreign_key="cases.id")


evidence = EvidenceRow.table()
