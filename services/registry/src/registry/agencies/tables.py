"""Agencies, and who answers for competence development in them."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from common.store.tables import Stored


class AgencyRow(Stored, table=True):
    __tablename__ = "agencies"
    __table_args__ = (
        CheckConstraint("kind IN ('K', 'L', 'D')", name="kind"),
        CheckConstraint("zone IN ('WIB', 'WITA', 'WIT')", name="zone"),
        CheckConstraint("closed_on IS NULL OR NOT active", name="closed"),
        CheckConstraint("merged_into IS NULL OR closed_on IS NOT NULL", name="merged"),
    )

    id: UUID = Field(primary_key=True)
    code: str = Field(unique=True)
    name: str
    kind: str
    region: str | None
    parent_id: UUID | None = Field(foreign_key="agencies.id")
    active: bool
    zone: str
    closed_on: date | None
    merged_into: UUID | None = Field(foreign_key="agencies.id")
    version: int


class PicRow(Stored, table=True):
    __tablename__ = "pics"
    __table_args__ = (
        CheckConstraint("rank IN ('main', 'deputy')", name="rank"),
        CheckConstraint("language IN ('id', 'en')", name="language"),
    )

    agency_id: UUID = Field(primary_key=True, foreign_key="agencies.id")
    rank: str = Field(primary_key=True)
    name: str
    email: str
    language: str
    time_zone: str


agencies, pics = AgencyRow.table(), PicRow.table()
