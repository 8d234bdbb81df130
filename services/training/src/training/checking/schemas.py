"""Records to check, and what was decided."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document, Words
from training.domain.checking import Verdict
from training.records.schemas import Recorded


class TakeIn(Document):
    """How many records somebody would like to check now."""

    most: int = Field(20, strict=True, ge=1, le=500)


class RefuseIn(Document):
    """Why a record is not confirmed: whom it is about reads this."""

    reason: Words


class CheckOut(BaseModel):
    """A record in the caller's hands until a moment, or what they decided of it."""

    id: UUID
    until: datetime = Field(description="from then on it may be given to somebody else")
    verdict: Verdict | None
    reason: str | None
    record: Recorded


class TakenOut(BaseModel):
    """The records that are now in the caller's hands."""

    items: list[CheckOut]


class DecisionOut(BaseModel):
    """What was decided of a record, when, and why it was refused."""

    id: UUID
    record_id: UUID
    person_id: UUID
    verdict: Verdict
    reason: str | None
    decided_at: datetime
