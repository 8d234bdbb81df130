"""Transcripts as they are asked for, signed and checked."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document
from contracts.nip import WrittenNip


class TranscriptIn(Document):
    """Which transcript: on paper, or as data. The number stands on it as the person's; training holds it against the hash that it has."""

    nip: WrittenNip
    form: Literal["pdf", "jws"]


class LearntOut(BaseModel):
    """A valid record, and what it counts in the year."""

    record_id: UUID
    title: str
    form: str
    start_date: date
    end_date: date
    counted: Decimal
    verified: bool


class YearOut(BaseModel):
    """A year: what was owed and what counts, as `GET /v1/people/{person_id}/jp` says it."""

    year: int
    target: Decimal
    verified: Decimal
    unverified: Decimal
    left: Decimal
    fulfilled: bool
    rule_pack: str
    records: list[LearntOut]


class TranscriptOut(BaseModel):
    """All that is signed; paper and data say the same."""

    nip: str
    issued_at: datetime
    years: list[YearOut]


class SealOut(BaseModel):
    """What the signature of a file says. `whole`: no byte has changed since; `trusted`: it was signed by us."""

    whole: bool
    trusted: bool
    signer: str | None
    signed_at: datetime | None = Field(description="by the clock of the signer")
