"""Classes, their sessions, who is in them, who was there, and their results."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Numeric, Text
from sqlmodel import Field

from common.store.tables import Stored


class TaughtClass(Stored, table=True):
    """A class of a course, from `begins_on` to `ends_on`; `cost` is in rupiah, for each of the `seats`.

    It is called off from `cancelled_at` on.
    """

    __tablename__ = "classes"
    __table_args__ = (
        CheckConstraint("begins_on <= ends_on", name="dates"),
        CheckConstraint("seats > 0", name="seats"),
        Index(None, "course_id"),
        Index(None, "ends_on"),
    )

    id: UUID = Field(primary_key=True)
    course_id: UUID = Field(foreign_key="courses.id")
    provider_id: UUID = Field(foreign_key="providers.id")
    begins_on: date
    ends_on: date
    seats: int
    cost: Decimal = Field(sa_type=Numeric(14, 2))
    outcomes: list[str] = Field(sa_type=ARRAY(Text))
    tags: list[str] = Field(sa_type=ARRAY(Text))
    cancelled_at: datetime | None
    cancel_reason: str | None
    version: int


class ClassSession(Stored, table=True):
    """A session of a class; its number is its place among them."""

    __tablename__ = "class_sessions"

    class_id: UUID = Field(primary_key=True, foreign_key="classes.id")
    number: int = Field(primary_key=True)
    starts_at: datetime
    ends_at: datetime
    jp: Decimal = Field(sa_type=Numeric(8, 3))


class Enrolment(Stored, table=True):
    """That somebody has a seat in a class, waits for one (first come, first served: by `id`), or has withdrawn."""

    __tablename__ = "enrolments"
    __table_args__ = (
        CheckConstraint("state IN ('enrolled', 'waiting', 'withdrawn')", name="state"),
        Index(None, "person_id"),
    )

    class_id: UUID = Field(primary_key=True, foreign_key="classes.id")
    person_id: UUID = Field(primary_key=True)
    id: UUID = Field(unique=True)
    state: str
    done_by: str


class Attendance(Stored, table=True):
    """Whether somebody of a class was there in a session, as the provider says."""

    __tablename__ = "class_attendance"
    __table_args__ = (
        ForeignKeyConstraint(["class_id", "session"], ["class_sessions.class_id", "class_sessions.number"]),
        ForeignKeyConstraint(["class_id", "person_id"], ["enrolments.class_id", "enrolments.person_id"]),
    )

    class_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    session: int = Field(primary_key=True)
    present: bool


class Result(Stored, table=True):
    """What came of a class for somebody: passed, with the hours (JP) of their attendance and the record of them, or not.

    `name` is what the provider calls them on the certificate.
    """

    __tablename__ = "class_results"
    __table_args__ = (
        CheckConstraint("passed = (record_id IS NOT NULL)", name="record"),
        ForeignKeyConstraint(["class_id", "person_id"], ["enrolments.class_id", "enrolments.person_id"]),
        Index(None, "person_id"),
    )

    class_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    name: str
    passed: bool
    jp: Decimal = Field(sa_type=Numeric(8, 3))
    record_id: UUID | None = Field(foreign_key="records.id", unique=True)
    told_at: datetime
