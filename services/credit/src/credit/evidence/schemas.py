"""Assessed training records as they are shown."""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from credit.domain.degrees import Outcome
from credit.rule_packs.schemas import ReadingOut


class EvidenceOut(BaseModel):
    """A training record, what it gives in AK, and why.

    `reversal-due`: its points were attested, and it was revoked or has changed since.
    """

    record_id: UUID
    person_id: UUID
    agency_id: UUID = Field(description="where the person served on the end date")
    sequence: int = Field(description="version of the record shown; 0 when only its revocation has arrived")
    state: Literal["active", "revoked", "reversal-due"]
    form: str | None
    title: str | None
    end_date: date | None
    jp_counted: Decimal | None
    verified: bool | None
    degree: str | None
    outcome: Outcome
    reason_code: str
    explanation: str
    source: str | None = Field(description="the legal source of the reason")
    readings: list[ReadingOut] = Field(description="what the sources leave open, of a record that names a degree")
    rule_pack: str | None
    revocation: str | None
    case_id: UUID | None
