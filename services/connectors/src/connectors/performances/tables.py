"""Predikat that were told to credit, and what it has answered."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class Performance(Stored, table=True):
    """A predikat of a person for a period, as their agency has told it last. `version` counts what was told, `answered` what was answered."""

    __tablename__ = "performances"

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(index=True)
    agency_id: UUID
    period_start: date
    period_end: date
    predikat: str
    hasil_kerja: str | None
    perilaku: str | None
    performance_result: str | None
    performance_outcome: str | None
    version: int
    answered: int
    case_id: UUID | None
    refused: str | None
    refused_field: str | None
    refused_words: dict[str, str] | None = Field(sa_type=JSONB(none_as_null=True))
    sent_by: str
    sent_at: datetime
