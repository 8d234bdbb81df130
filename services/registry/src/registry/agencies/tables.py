"""Agencies, and who answers for competence development in them."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class AgencyRow(Stored, table=True):
    __tablename__ = "agencies"
    __table_args__ = (
        CheckConstraint("kind IN ('K', 'L', 'D')", name="kind"),
        CheckConstraint("closed_on IS NULL OR NOT active", name="closed"),
        CheckConstraint("merged_into IS NULL OR closed_on IS NOT NULL", name="merged"),
        CheckConstraint("(closed_on IS NULL) = (successors = '[]')", name="succeeded"),
    )

    id: UUID = Field(primary_key=True)
    code: str = Field(unique=True)
    name: str
    kind: str
    parent_id: UUID | None = Field(foreign_key="agencies.id")
    active: bool
    closed_on: date | None
    merged_into: UUID | None = Field(foreign_key="agencies.id")
    successors: list[str] = Field(
        sa_type=JSONB, sa_column_kwargs={"comment": "ids of the agencies that have today what it had, its heir first"}
    )
    version: int


class AgencyPlaceRow(Stored, table=True):
    """Where an agency was, and by which clock it worked; `valid_to` is exclusive, null for where it is now."""

    __tablename__ = "agency_places"
    __table_args__ = (
        CheckConstraint("zone IN ('WIB', 'WITA', 'WIT')", name="zone"),
        CheckConstraint("valid_from < valid_to", name="dates"),
    )

    agency_id: UUID = Field(primary_key=True, foreign_key="agencies.id")
    valid_from: date = Field(primary_key=True)
    valid_to: date | None
    region: str | None = Field(index=True)
    zone: str


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


agencies, agency_places, pics = AgencyRow.table(), AgencyPlaceRow.table(), PicRow.table()
