"""Audits as opened and shown."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Day, Document, Paragraph, Words
from training.domain.audits import Finding
from training.records.schemas import Recorded


class AuditIn(Document):
    """The agency that is looked into, and why: the agency reads this reason."""

    agency_id: UUID
    reason: Words = Field(examples=["Uji petik triwulan II: pelatihan tanpa sertifikat"])


class AuditOut(BaseModel):
    """An audit: who opened it (the subject of their token, and the person where known), in which office, and why."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    agency_id: UUID
    reason: str
    opened_by: str
    opener_id: UUID | None
    role: str
    opened_at: datetime


class SampleIn(Document):
    """How many records to draw of those that ended from `since` until `until`, who may look into them, and until when evidence is sent."""

    seed: int = Field(strict=True, ge=0, le=2**53 - 1, description="the same seed draws the same records")
    size: int = Field(strict=True, ge=1, le=1000)
    since: Day
    until: Day
    due_on: Day
    auditor_ids: list[UUID] = Field(min_length=1, max_length=20)


class StratumOut(BaseModel):
    """Records of one form and jenjang: how many there were, and how many were drawn."""

    form: str
    jenjang: str | None
    records: int
    drawn: int


class SampleOut(BaseModel):
    """A sample, and how far it is."""

    id: UUID
    audit_id: UUID
    seed: int
    size: int
    since: date
    until: date
    due_on: date
    drawn_at: datetime
    strata: list[StratumOut]
    records: int = Field(description="drawn; fewer than `size` where there were no more")
    without_auditor: int = Field(description="of which none of the auditors stood outside")
    proved: int
    not_proved: int
    unclear: int


class FindingIn(Document):
    """What the auditor found, and by what."""

    finding: Finding
    words: Paragraph


class AuditedRecordOut(BaseModel):
    """A record that was drawn, and what was found of it. It stays as it is."""

    id: UUID
    sample_id: UUID
    auditor_id: UUID | None
    due_on: date = Field(description="until when its person is asked to send evidence")
    finding: Finding | None
    words: str | None
    found_at: datetime | None
    record: Recorded
