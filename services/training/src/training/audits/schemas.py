"""Audits as opened and shown."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Document, Words


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
