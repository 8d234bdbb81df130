"""What SIASN is told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class SiasnExport(Stored, table=True):
    """A training record or a PAK that SIASN is told of, as it is now.

    `unfit` is not for SIASN, `refused` was not taken by it, each with why; `revoked` was told, and has to be taken out there by a person.
    """

    __tablename__ = "siasn_exports"
    __table_args__ = (
        CheckConstraint("resource IN ('kursus', 'diklat', 'angkakredit')", name="resource"),
        CheckConstraint("state IN ('waiting', 'sent', 'refused', 'unfit', 'revoked', 'removed')", name="state"),
        CheckConstraint("state <> 'waiting' OR due_at IS NOT NULL", name="due"),
        Index("ix_siasn_exports_waiting", "due_at", "id", postgresql_where=text("state = 'waiting'")),
        Index(None, "agency_id", "id"),
        Index(None, "person_id"),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"comment": "of the record or the PAK"})
    resource: str
    person_id: UUID
    agency_id: UUID
    version: int = Field(sa_type=BigInteger, sa_column_kwargs={"comment": "of what was told here last"})
    said: dict[str, Any] = Field(sa_type=JSONB)
    state: str
    why: str | None
    siasn_id: str | None = Field(sa_column_kwargs={"comment": "which SIASN has given it"})
    tries: int
    due_at: datetime | None
    claimed_until: datetime | None
    told_at: datetime
    sent_at: datetime | None
