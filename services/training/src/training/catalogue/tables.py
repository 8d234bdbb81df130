"""Who teaches, what they are accredited for, and their courses."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class Provider(Stored, table=True):
    """An organiser of learning."""

    __tablename__ = "providers"

    id: UUID = Field(primary_key=True)
    code: str = Field(unique=True)
    name: str
    version: int


class Accreditation(Stored, table=True):
    """That a provider may give a form of learning from `valid_from` until the day before `valid_to`."""

    __tablename__ = "accreditations"

    provider_id: UUID = Field(primary_key=True, foreign_key="providers.id")
    form: str = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None


class AccreditationChange(Stored, table=True):
    """That the accreditations of a provider, or of a course of its own, were others afterwards: which, by whom, and when."""

    __tablename__ = "accreditation_changes"
    __table_args__ = (Index(None, "provider_id"),)

    id: UUID = Field(primary_key=True)
    provider_id: UUID = Field(foreign_key="providers.id")
    course_id: UUID | None = Field(foreign_key="courses.id")
    before: list[dict[str, Any]] = Field(sa_type=JSONB)
    after: list[dict[str, Any]] = Field(sa_type=JSONB)
    changed_by: str
    changer_id: UUID | None
    changed_at: datetime


class Course(Stored, table=True):
    """A course that a provider offers; `jp` are the hours that its programme states, if it does.

    `outcomes` are what whoever attended can do afterwards, `seats` how many are taken in at once, `cost` rupiah a person;
    null: not said. `accreditations` are periods of its own, each as `{"valid_from", "valid_to"}` in their order: where there is none, those
    of its provider for its form hold.
    """

    __tablename__ = "courses"
    __table_args__ = (
        Index(None, "provider_id"),
        CheckConstraint("mode IN ('classical', 'online', 'blended')", name="mode"),
    )

    id: UUID = Field(primary_key=True)
    code: str = Field(unique=True)
    provider_id: UUID = Field(foreign_key="providers.id")
    title: str
    form: str
    jp: Decimal | None = Field(sa_type=Numeric(8, 3))
    competencies: list[str] = Field(sa_type=ARRAY(Text))
    outcomes: list[str] = Field(sa_type=ARRAY(Text))
    mode: str | None
    seats: int | None
    cost: Decimal | None = Field(sa_type=Numeric(14, 2))
    accreditations: list[dict[str, Any]] = Field(sa_type=JSONB)
    valid_from: date
    valid_to: date | None
    version: int
