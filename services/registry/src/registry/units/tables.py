"""Units. Each has a dated history: `valid_to` is exclusive, null for the open last row, the day of closing for a closed unit."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from common.store.tables import Stored


class UnitRow(Stored, table=True):
    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("agency_id", "code"), UniqueConstraint("agency_id", "id"))

    id: UUID = Field(primary_key=True)
    agency_id: UUID = Field(foreign_key="agencies.id")
    code: str
    version: int


class UnitStateRow(Stored, table=True):
    """What a unit was called and where it stood in the tree; a parent is a unit of the same agency."""

    __tablename__ = "unit_states"
    __table_args__ = (
        ForeignKeyConstraint(["agency_id", "unit_id"], ["units.agency_id", "units.id"]),
        ForeignKeyConstraint(["agency_id", "parent_id"], ["units.agency_id", "units.id"]),
        Index(None, "parent_id"),
        CheckConstraint("valid_from < valid_to", name="dates"),
    )

    unit_id: UUID = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None
    agency_id: UUID
    name: str
    parent_id: UUID | None


class SuccessorRow(Stored, table=True):
    """A unit that took over when another was closed."""

    __tablename__ = "successors"

    unit_id: UUID = Field(primary_key=True, foreign_key="units.id")
    successor_id: UUID = Field(primary_key=True, foreign_key="units.id")


units, unit_states, successors = UnitRow.table(), UnitStateRow.table(), SuccessorRow.table()
