"""The copy of people this service keeps, fed by `PersonChanged`: no name and no NIP, only its hash."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlmodel import Field

from training.base import Stored


class Person(Stored, table=True):
    """A civil servant as the registry last described them; `sequence` is the registry's version."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("staff_type IN ('PNS', 'PPPK')", name="staff_type"),
        # Not unique: two people's events have no common order, so a number may move before it is freed.
        Index(None, "nip_hash"),
        Index(None, "agency_id"),
    )

    person_id: UUID = Field(primary_key=True)
    nip_hash: str = Field(sa_type=Text)
    staff_type: str = Field(sa_type=Text)
    status: str = Field(sa_type=Text)
    joined_on: date
    left_on: date | None
    education: str | None = Field(sa_type=Text)
    agency_id: UUID
    unit_id: UUID | None
    unit_name: str | None = Field(sa_type=Text)
    sequence: int = Field(sa_type=BigInteger)


class FormerNumber(Stored, table=True):
    """A number that still names somebody who has another by now."""

    __tablename__ = "former_numbers"
    __table_args__ = (Index(None, "nip_hash"),)

    person_id: UUID = Field(primary_key=True)
    nip_hash: str = Field(sa_type=Text, primary_key=True)


class Assignment(Stored, table=True):
    """Where a person served from `valid_from` until the day before `valid_to`."""

    __tablename__ = "assignments"
    __table_args__ = (Index(None, "agency_id"),)

    person_id: UUID = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None
    agency_id: UUID
    unit_id: UUID | None
    unit_name: str | None = Field(sa_type=Text)


class Absence(Stored, table=True):
    """Leave or study, from `valid_from` until the day before `valid_to`: the yearly duty rests."""

    __tablename__ = "absences"

    person_id: UUID = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    status: str = Field(sa_type=Text)
    valid_to: date | None
