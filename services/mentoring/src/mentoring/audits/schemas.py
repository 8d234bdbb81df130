"""Audits as asked for, done and shown."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Day, Document, Paragraph
from contracts.looks import WhoseId
from mentoring.applications.schemas import Meeting
from mentoring.domain.audits import Finding


class AuditIn(Document):
    """How many sessions to draw of those held from `since` until `until`, and who may look into them."""

    seed: int = Field(strict=True, ge=0, le=2**53 - 1, description="the same seed draws the same sessions")
    size: int = Field(strict=True, ge=1, le=500)
    since: Day
    until: Day
    auditor_ids: list[UUID] = Field(min_length=1, max_length=20)


class AuditOut(BaseModel):
    """A sample, and how far it is."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    seed: int
    size: int
    since: date
    until: date
    drawn_at: datetime
    sessions: int = Field(description="drawn; fewer than `size` where there were no more")
    without_auditor: int = Field(description="of which none of the auditors stood outside the pair and both lines")
    held: int
    not_held: int
    unclear: int


class FindingIn(Document):
    """What the auditor found, and by what."""

    finding: Finding
    words: Paragraph


class AuditedOut(BaseModel):
    """A session that was drawn: when it was, not what was talked about."""

    id: UUID
    session_id: UUID
    pair_id: UUID
    mentee_id: WhoseId
    mentor_id: WhoseId
    starts_at: datetime
    ends_at: datetime
    way: Meeting
    auditor_id: UUID | None
    finding: Finding | None
    words: str | None
    found_at: datetime | None
