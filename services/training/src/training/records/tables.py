"""Finished learning activities, and what they said before they were changed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, DateTime, Index, Numeric, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from training.base import Stored


class Record(Stored, table=True):
    """One finished activity of one person.

    `agency_id` is where the person served on the end date, which also decides the `year`.
    `jp_stated` is what the certificate or the programme says, `jp_counted` what `rule_pack` makes
    of it; `why` names the rule that decided, see `training.ledger.texts`. `fingerprint` tells a
    repeated line from another one under the same reference, which is the sender's own: see `contracts.acting`.
    """

    __tablename__ = "records"
    __table_args__ = (
        UniqueConstraint("sender_kind", "sender_id", "source_name", "reference"),
        CheckConstraint("sender_kind IN ('agency', 'provider', 'person', 'connection')", name="sender_kind"),
        CheckConstraint("state IN ('valid', 'revoked')", name="state"),
        CheckConstraint("source_kind IN ('system', 'provider', 'self')", name="source_kind"),
        Index(None, "person_id", "year"),
    )

    id: UUID = Field(primary_key=True)
    sender_kind: str = Field(sa_type=Text)
    sender_id: str = Field(sa_type=Text)
    source_name: str = Field(sa_type=Text)
    reference: str = Field(sa_type=Text)
    fingerprint: str = Field(sa_type=Text)
    person_id: UUID
    agency_id: UUID
    year: int
    form: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    provider_id: UUID | None
    course_id: UUID | None
    start_date: date
    end_date: date
    jp_stated: Decimal | None = Field(sa_type=Numeric(8, 3))
    jp_counted: Decimal = Field(sa_type=Numeric(8, 3))
    sessions: int
    international: bool
    degree: str | None = Field(sa_type=Text)
    competencies: list[str] = Field(sa_type=ARRAY(Text))
    evidence: str | None = Field(sa_type=Text)
    source_kind: str = Field(sa_type=Text)
    verified: bool
    state: str = Field(sa_type=Text)
    version: int
    submitted_by: str = Field(sa_type=Text)
    recorded_at: datetime = Field(sa_type=DateTime(timezone=True))
    rule_pack: str = Field(sa_type=Text)
    why: str = Field(sa_type=Text)


class RecordVersion(Stored, table=True):
    """A version of a record that was changed at least once: its whole state, who made it, and why."""

    __tablename__ = "record_versions"

    record_id: UUID = Field(primary_key=True, foreign_key="records.id")
    version: int = Field(primary_key=True)
    state: dict[str, Any] = Field(sa_type=JSONB)
    reason: str | None = Field(sa_type=Text)
    changed_by: str = Field(sa_type=Text)
    changed_at: datetime = Field(sa_type=DateTime(timezone=True))
