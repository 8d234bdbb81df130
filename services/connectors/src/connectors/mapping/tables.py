"""What platforms call people, and which course of the catalogue theirs is."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class PlatformUser(Stored, table=True):
    """Whom a platform speaks of; see `mapping.names.User`. `mapped_by` has said who that is, where it is not the number."""

    __tablename__ = "platform_users"
    __table_args__ = (
        Index(None, "connection_id", "anywhere"),
        Index("ix_platform_users_awaited", "nip_hash", postgresql_where=text("person_id IS NULL")),
    )

    connection_id: UUID = Field(primary_key=True, foreign_key="connections.id")
    key: bytes = Field(primary_key=True, sa_type=LargeBinary)
    found: int = Field(sa_type=BigInteger)
    anywhere: int = Field(sa_type=BigInteger)
    told: dict[str, Any] = Field(sa_type=JSONB)
    nip_hash: str | None
    person_id: UUID | None = Field(index=True)
    mapped_by: str | None
    mapped_at: datetime | None


class CourseMapping(Stored, table=True):
    """Which course of the catalogue a platform's was from `valid_from` until the day before `valid_to`; null: it is still."""

    __tablename__ = "course_mappings"

    connection_id: UUID = Field(primary_key=True, foreign_key="connections.id")
    course: bytes = Field(primary_key=True, sa_type=LargeBinary)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None
    course_id: UUID
    mapped_by: str
    mapped_at: datetime
