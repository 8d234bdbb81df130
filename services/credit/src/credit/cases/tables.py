"""Verification cases, their segments and history, and the months they have booked.

The migration adds what a table cannot say: a trigger that refuses illegal moves and changes of what was decided, and
one that keeps segments and history append-only.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Numeric, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class CaseRow(Stored, table=True):
    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("kind IN ('conversion', 'education', 'opening', 'reversal')", name="kind"),
        CheckConstraint(
            "CASE kind WHEN 'conversion' THEN num_nulls(predikat, sender_kind, sender_id, source_name, reference) = 0"
            " WHEN 'education' THEN record_id IS NOT NULL AND degree IS NOT NULL"
            " WHEN 'opening' THEN claim IS NOT NULL AND paper_date IS NOT NULL"
            " ELSE reverses IS NOT NULL END",
            name="origin",
        ),
        CheckConstraint("period_start <= period_end", name="period"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("judged BETWEEN 1 AND version", name="judged"),
        CheckConstraint(
            "num_nulls(checked_by, checkers) IN (0, 2) AND checked_by = ANY (checkers)"
            " AND submitted_by = ANY (submitters)",
            name="hands",
        ),
        CheckConstraint(
            "NOT (submitters && checkers) AND attested_by <> ALL (submitters || checkers)", name="three_people"
        ),
        CheckConstraint("CAST(person_id AS text) <> ALL (submitters || checkers)", name="own_case"),
        CheckConstraint(
            "CASE state"
            " WHEN 'submitted' THEN num_nonnulls(checked_by, attested_by, returned_by, return_reason) = 0"
            " WHEN 'checked' THEN checked_by IS NOT NULL AND num_nonnulls(attested_by, returned_by, return_reason) = 0"
            " WHEN 'attested' THEN attested_by IS NOT NULL AND (checked_by IS NOT NULL OR one_step)"
            " AND num_nonnulls(returned_by, return_reason) = 0"
            " WHEN 'reversed' THEN attested_by IS NOT NULL AND (checked_by IS NOT NULL OR one_step)"
            " AND num_nonnulls(returned_by, return_reason) = 0"
            " WHEN 'returned' THEN num_nulls(returned_by, return_reason) = 0"
            " AND num_nonnulls(checked_by, attested_by) = 0"
            " ELSE false END",
            name="state",
        ),
        UniqueConstraint("sender_kind", "sender_id", "source_name", "reference"),
        Index(
            "uq_cases_one_bonus_per_record",
            "record_id",
            "person_id",
            "degree",
            unique=True,
            postgresql_where=text("state != 'reversed'"),
        ),
        Index(
            "uq_cases_one_reversal_per_case",
            "reverses",
            unique=True,
            postgresql_where=text("kind = 'reversal'"),
        ),
        Index(None, "state", "id"),
        Index(
            "uq_cases_one_bonus_per_degree",
            "person_id",
            "degree",
            unique=True,
            postgresql_where=text("kind = 'education' AND state NOT IN ('returned', 'reversed')"),
        ),
        Index(
            "uq_cases_one_opening_per_paper",
            "person_id",
            "paper",
            unique=True,
            postgresql_where=text("kind = 'opening' AND state NOT IN ('returned', 'reversed')"),
        ),
    )

    id: UUID = Field(primary_key=True)
    kind: str
    person_id: UUID = Field(foreign_key="people.person_id", index=True)
    state: str
    version: int
    judged: int = Field(sa_column_kwargs={"comment": "the version in which it came to its present segments"})
    rejudged: bool = Field(sa_column_kwargs={"comment": "whether that was after it was last submitted or checked"})
    one_step: bool = Field(sa_column_kwargs={"comment": "whether one person alone decides it"})
    period_start: date
    period_end: date
    sender_kind: str | None
    sender_id: str | None
    source_name: str | None
    reference: str | None
    predikat: str | None
    hasil_kerja: str | None
    perilaku: str | None
    performance_result: str | None = Field(
        sa_column_kwargs={"comment": "the id of the result it rests on, where it comes from"}
    )
    performance_outcome: str | None = Field(sa_column_kwargs={"comment": "the id of the outcome that result is for"})
    evidence: str | None
    left_out: list[dict[str, Any]] = Field(
        sa_type=JSONB, sa_column_kwargs={"comment": "months of the period that earn nothing here, and why"}
    )
    record_id: UUID | None = Field(sa_column_kwargs={"comment": "the training record a degree came from"})
    degree: str | None
    claim: dict[str, Any] | None = Field(
        sa_type=JSONB, sa_column_kwargs={"comment": "what the paper of an opening balance says"}
    )
    paper: str | None = Field(sa_column_kwargs={"comment": "its number"})
    paper_date: date | None
    reverses: UUID | None = Field(
        foreign_key="cases.id", sa_column_kwargs={"comment": "the case whose points a reversal takes back"}
    )
    submitted_by: str
    submitters: list[str] = Field(
        sa_type=ARRAY(Text), sa_column_kwargs={"comment": "subjects and people of all who ever submitted it"}
    )
    checked_by: str | None
    checkers: list[str] | None = Field(
        sa_type=ARRAY(Text), sa_column_kwargs={"comment": "subject and people of who has checked it"}
    )
    attested_by: str | None
    returned_by: str | None
    return_reason: str | None
    submitted_at: datetime
    moved_at: datetime


class SegmentRow(Stored, table=True):
    __tablename__ = "segments"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("months BETWEEN 0 AND 12", name="months"),
        CheckConstraint("twelfths * 100 = CASE months WHEN 0 THEN 12 ELSE months END * percent * base", name="exact"),
    )

    case_id: UUID = Field(primary_key=True, foreign_key="cases.id")
    version: int = Field(primary_key=True, sa_column_kwargs={"comment": "of the case, which came to this in it"})
    number: int = Field(primary_key=True, sa_type=SmallInteger)
    jenjang: str
    period_start: date
    period_end: date
    months: int = Field(sa_type=SmallInteger, sa_column_kwargs={"comment": "0 for an education bonus"})
    percent: int = Field(sa_type=SmallInteger)
    base: Decimal = Field(
        sa_type=Numeric(8, 4),
        sa_column_kwargs={"comment": "coefficient a year, or the KP need of an education bonus"},
    )
    twelfths: Decimal = Field(sa_type=Numeric(12, 4))
    rule_pack: str


class HistoryRow(Stored, table=True):
    __tablename__ = "case_history"

    case_id: UUID = Field(primary_key=True, foreign_key="cases.id")
    version: int = Field(primary_key=True)
    from_state: str | None
    to_state: str
    by: str = Field(sa_column_kwargs={"comment": "subject of the caller's token; 'system' for the service itself"})
    acting_for: UUID | None = Field(sa_column_kwargs={"comment": "the person for whom a deputy moved it"})
    hands: list[str] | None = Field(sa_type=ARRAY(Text), sa_column_kwargs={"comment": "of all who acted"})
    at: datetime
    reason: str | None
    replaced: dict[str, Any] | None = Field(
        sa_type=JSONB, sa_column_kwargs={"comment": "what was claimed before, where a repair has changed it"}
    )
    chain: bytes = Field(
        sa_column_kwargs={"comment": "SHA-256 of this move and the chain of the one before; a trigger makes it"}
    )


class BookedMonthRow(Stored, table=True):
    __tablename__ = "booked_months"
    __table_args__ = (CheckConstraint("extract(day FROM month) = 1", name="first_day"),)

    person_id: UUID = Field(primary_key=True)
    month: date = Field(primary_key=True, sa_column_kwargs={"comment": "its first day"})
    # No foreign key: twelve look-ups a case would cost as much as the rest; `credit check` holds the two together.
    case_id: UUID


cases, segments, history = CaseRow.table(), SegmentRow.table(), HistoryRow.table()
