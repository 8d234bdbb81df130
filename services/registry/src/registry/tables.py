"""Every table of the registry: agencies, units, people and their contacts refer to each other.

Four tables hold one dated history each: `valid_to` is exclusive, and null for the last, open row. Foreign keys tie them to
people, and to units by (agency, unit), so that nobody can be in a unit of another agency.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from common.store.tables import Stored


class AgencyRow(Stored, table=True):
    __tablename__ = "agencies"
    __table_args__ = (
        CheckConstraint("kind IN ('K', 'L', 'D')", name="kind"),
        CheckConstraint("zone IN ('WIB', 'WITA', 'WIT')", name="zone"),
    )

    id: UUID = Field(primary_key=True)
    code: str = Field(unique=True)
    name: str
    kind: str
    region: str | None
    parent_id: UUID | None = Field(foreign_key="agencies.id")
    active: bool
    zone: str
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


class UnitRow(Stored, table=True):
    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("agency_id", "code"),
        UniqueConstraint("agency_id", "id"),
        ForeignKeyConstraint(["agency_id", "parent_id"], ["units.agency_id", "units.id"]),
    )

    id: UUID = Field(primary_key=True)
    agency_id: UUID = Field(foreign_key="agencies.id")
    code: str
    name: str
    parent_id: UUID | None
    version: int


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


class PostRow(Dated, table=True):
    __tablename__ = "posts"
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


class ChangeRow(Stored, table=True):
    __tablename__ = "changes"

    subject_id: UUID = Field(
        primary_key=True, sa_column_kwargs={"comment": "the agency, unit or person that was changed"}
    )
    version: int = Field(primary_key=True)
    parts: str = Field(sa_column_kwargs={"comment": "what was changed, separated by blanks"})
    recorded_by: str = Field(sa_column_kwargs={"comment": "subject of the caller's token"})
    recorded_at: datetime


class ContactRow(Stored, table=True):
    __tablename__ = "contacts"
    __table_args__ = (
        CheckConstraint(
            "(email IS NULL) = (checked_at IS NULL) AND (email IS NULL) = (email_key IS NULL)", name="email"
        ),
        CheckConstraint(
            "num_nonnulls(check_id, check_email, check_token, check_expires_at) IN (0, 4)", name="address_check"
        ),
        CheckConstraint("language IN ('id', 'en')", name="language"),
        CheckConstraint("zone IN ('WIB', 'WITA', 'WIT')", name="zone"),
        CheckConstraint("sex IN ('male', 'female')", name="sex"),
    )

    person_id: UUID = Field(primary_key=True, foreign_key="people.id")
    email: str | None
    email_key: str | None = Field(unique=True, sa_column_kwargs={"comment": "one for all spellings of the address"})
    checked_at: datetime | None
    check_id: UUID | None
    check_email: str | None = Field(sa_column_kwargs={"comment": "nobody's until the link to it is followed"})
    check_token: str | None
    check_expires_at: datetime | None
    language: str
    zone: str
    sex: str | None = Field(sa_column_kwargs={"comment": "null where the NIP tells it rightly"})
    version: int


class ContactChangeRow(Stored, table=True):
    __tablename__ = "contact_changes"

    person_id: UUID = Field(primary_key=True, foreign_key="people.id")
    version: int = Field(primary_key=True)
    parts: str = Field(sa_column_kwargs={"comment": "what was changed, separated by blanks"})
    recorded_by: str = Field(sa_column_kwargs={"comment": "subject of the caller's token"})
    recorded_at: datetime


agencies, pics, units = AgencyRow.table(), PicRow.table(), UnitRow.table()
people, nips, mended_numbers = PersonRow.table(), NipRow.table(), MendedNumberRow.table()
assignments, posts = AssignmentRow.table(), PostRow.table()
statuses, educations = StatusRow.table(), EducationRow.table()
changes = ChangeRow.table()
contacts, contact_changes = ContactRow.table(), ContactChangeRow.table()
