"""Audits of how an agency develops its people."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from common.store.tables import Stored


class Audit(Stored, table=True):
    """That somebody of LAN looks into an agency's records, since when, and for what reason."""

    __tablename__ = "audits"

    id: UUID = Field(primary_key=True)
    agency_id: UUID = Field(index=True)
    reason: str
    opened_by: str = Field(sa_column_kwargs={"comment": "subject of the caller's token"})
    opener_id: UUID | None = Field(sa_column_kwargs={"comment": "whose token it was, where that is known"})
    role: str
    opened_at: datetime
