"""Finished learning activities, and what they said before they were changed."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ColumnElement,
    Date,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    and_,
    or_,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, col

from common.store.tables import Stored
from training.domain.duty import THOUSANDTH


class Record(Stored, table=True):
    """One finished activity of one person.

    `agency_id` is where the person served on the end date, which also decides the `year`.
    `jp_stated` is what the certificate or the programme says, `jp_counted` what `rule_pack` makes
    of it; `why` names the rule that decided, see `texts.toml`. `jp_by_year` is null where all of it
    counts in `year`; see `by_year`. `fingerprint` tells a
    repeated line from another one under the same reference, which is the sender's own: see `contracts.acting`.
    `hands` are the subjects and people who have sent, corrected or verified it. One whose provider was not `accredited` on
    its days is unverified until a person decides.
    """

    __tablename__ = "records"
    __table_args__ = (
        UniqueConstraint("sender_kind", "sender_id", "source_name", "reference"),
        CheckConstraint("sender_kind IN ('agency', 'provider', 'person', 'connection')", name="sender_kind"),
        CheckConstraint("state IN ('valid', 'revoked')", name="state"),
        CheckConstraint("source_kind IN ('system', 'provider', 'self')", name="source_kind"),
        Index(None, "person_id", "year"),
        Index("ix_records_unchecked", "agency_id", "id", postgresql_where=text("state = 'valid' AND NOT verified")),
    )

    id: UUID = Field(primary_key=True)
    sender_kind: str
    sender_id: str
    source_name: str
    reference: str
    fingerprint: str
    person_id: UUID
    agency_id: UUID
    year: int
    form: str
    title: str
    provider_id: UUID | None
    course_id: UUID | None
    start_date: date
    end_date: date
    jp_stated: Decimal | None = Field(sa_type=Numeric(8, 3))
    jp_counted: Decimal = Field(sa_type=Numeric(8, 3))
    jp_by_year: dict[str, str] | None = Field(sa_type=JSONB(none_as_null=True))
    sessions: int
    session_dates: list[date] = Field(sa_type=ARRAY(Date))
    international: bool
    degree: str | None
    competencies: list[str] = Field(sa_type=ARRAY(Text))
    seconds: int | None
    evidence: str | None
    source_kind: str
    verified: bool
    accredited: bool
    state: str
    version: int
    submitted_by: str
    hands: list[str] = Field(sa_type=ARRAY(Text))
    recorded_at: datetime
    rule_pack: str
    why: str


class Split(Protocol):
    """What a record counts, and when, as it is stored."""

    @property
    def year(self) -> int: ...
    @property
    def jp_counted(self) -> Decimal: ...
    @property
    def jp_by_year(self) -> Mapping[str, str] | None: ...


def by_year(record: Split) -> dict[int, Decimal]:
    """The JP a record counts in each year."""
    if record.jp_by_year is None:
        return {record.year: record.jp_counted}
    return {int(year): Decimal(jp) for year, jp in record.jp_by_year.items()}


def as_stored(counted: Mapping[int, Decimal], year: int) -> dict[str, str] | None:
    """How `jp_by_year` of a record of `year` keeps what it counts in each; the other way round than `by_year`."""
    if counted.keys() == {year}:
        return None
    return {str(each): str(jp.quantize(THOUSANDTH)) for each, jp in sorted(counted.items())}


COUNTED = """
    SELECT r.*, part.year AS counting_year, part.jp FROM records r CROSS JOIN LATERAL (
        SELECT r.year, r.jp_counted WHERE r.jp_by_year IS NULL
        UNION ALL SELECT CAST(key AS int), CAST(value AS numeric) FROM jsonb_each_text(r.jp_by_year)
    ) AS part (year, jp) WHERE r.state = 'valid'
"""
"""`by_year` for all valid records: a row for each year they count in."""


def counts_in(year: int) -> ColumnElement[bool]:
    """The condition for the records that count in a year."""
    split = col(Record.jp_by_year)
    return or_(and_(split.is_(None), col(Record.year) == year), split.bool_op("?")(str(year)))


class RecordVersion(Stored, table=True):
    """A version of a record that was changed at least once: its whole state, who made it, and why."""

    __tablename__ = "record_versions"

    record_id: UUID = Field(primary_key=True, foreign_key="records.id")
    version: int = Field(primary_key=True)
    state: dict[str, Any] = Field(sa_type=JSONB)
    reason: str | None
    changed_by: str
    changed_at: datetime
