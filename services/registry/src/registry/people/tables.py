"""People, their numbers, and four dated histories: `valid_to` is exclusive, null for the open last row.

An assignment hangs on a unit through (agency, unit), so that nobody can be in a unit of another agency.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field

from common.store.tables import Stored


class PersonRow(Stored, table=True):
    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("staff_type IN ('PNS', 'PPPK')", name="staff_type"),
        CheckConstraint("joined_on <= begins_on", name="begins_on"),
    )

    id: UUID = Field(primary_key=True)
    name: str
    staff_type: str
    joined_on: date
    begins_on: date = Field(sa_column_kwargs={"comment": "first day of the four histories"})
    announced_on: date = Field(sa_column_kwargs={"comment": "date of the last event, in Asia/Jakarta"})
    version: int
    erased_on: date | None


class NipRow(Stored, table=True):
    __tablename__ = "nips"
    __table_args__ = (
        # Deferred: a number is claimed before the person's row is written, so that uploads queue up for it in one order.
        ForeignKeyConstraint(["person_id"], ["people.id"], deferrable=True, initially="DEFERRED"),
        Index("uq_nips_person_id", "person_id", unique=True, postgresql_where="replaced_on IS NULL"),
        Index(None, "person_id"),
    )

    nip: str = Field(primary_key=True)
    person_id: UUID
    replaced_on: date | None = Field(sa_column_kwargs={"comment": "null for the number in use"})


class MendedNumberRow(Stored, table=True):
    __tablename__ = "mended_numbers"

    person_id: UUID = Field(primary_key=True, foreign_key="people.id")
    version: int = Field(
        primary_key=True, sa_column_kwargs={"comment": "of the person, by which the number was mended"}
    )
    nip: str = Field(index=True, sa_column_kwargs={"comment": "the wrong number: it names nobody, or whose it is"})
    mended_on: date
    reason: str


class Dated(Stored):
    """A row of a history."""

    person_id: UUID = Field(primary_key=True, foreign_key="people.id")
    valid_from: date = Field(primary_key=True)
    valid_to: date | None


def _dates() -> CheckConstraint:
    return CheckConstraint("valid_from < valid_to", name="dates")


class AssignmentRow(Dated, table=True):
    __tablename__ = "assignments"
    __table_args__ = (
        ForeignKeyConstraint(["agency_id", "unit_id"], ["units.agency_id", "units.id"]),
        Index(None, "agency_id", "person_id"),
        Index(None, "unit_id", "person_id"),
        _dates(),
    )

    agency_id: UUID = Field(foreign_key="agencies.id")
    unit_id: UUID | None


class GradeRow(Dated, table=True):
    __tablename__ = "grades"
    __table_args__ = (_dates(),)

    jenjang: str | None
    golongan: str
    position: str


class StatusRow(Dated, table=True):
    __tablename__ = "statuses"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'leave', 'study', 'retired', 'deceased')", name="status"),
        _dates(),
    )

    status: str
    decree: str | None


class EducationRow(Dated, table=True):
    __tablename__ = "educations"
    __table_args__ = (_dates(),)

    degree: str


class TagRow(Stored, table=True):
    """What else was said of somebody for a time."""

    __tablename__ = "tags"
    __table_args__ = (_dates(), Index(None, "tag", "person_id"))

    person_id: UUID = Field(primary_key=True, foreign_key="people.id")
    tag: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None
    paper: str = Field(sa_column_kwargs={"comment": "the decree or letter that says so"})


class PromotionRow(Stored, table=True):
    """A rise in rank or in level by decree."""

    __tablename__ = "promotions"
    __table_args__ = (CheckConstraint("kind IN ('rank', 'level')", name="kind"),)

    person_id: UUID = Field(primary_key=True, foreign_key="people.id")
    kind: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    jenjang_before: str | None
    golongan_before: str
    jenjang: str | None
    golongan: str
    decree: str
    decree_date: date


people, nips, mended_numbers = PersonRow.table(), NipRow.table(), MendedNumberRow.table()
assignments, grades = AssignmentRow.table(), GradeRow.table()
statuses, educations = StatusRow.table(), EducationRow.table()
tags, promotions = TagRow.table(), PromotionRow.table()
