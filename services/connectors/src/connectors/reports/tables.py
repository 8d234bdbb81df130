"""Reports, what platforms call the courses that they are of, and when each connection was last seen."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored
from connectors.domain.standing import STATES

IN_WORDS = ", ".join(f"'{state}'" for state in STATES)


class Report(Stored, table=True):
    """A finished activity as one door has told of it, under a reference of its own.

    Whose it is, is told by `person_id`, or found by the hash of a number or by what a platform calls somebody (`actor`, the hash of
    it). `course` is the hash of what the platform calls the course, `course_id` that of the catalogue. `told` is what was said
    of the activity beside these. `version` is that of what training was told last: the activity where `announced`, else that it is
    withdrawn; `anew` says that something else is known now. `answered` is the version of its last answer; `refused` the code of it, if that was no. `dispute` is why a person is to
    look, `counts` what they have decided.
    """

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("connection_id", "source_name", "reference"),
        CheckConstraint(f"state IN ({IN_WORDS})", name="state"),
        CheckConstraint("dispute IN ('voided', 'failed', 'revoked')", name="dispute"),
        Index(None, "connection_id", "state", "id"),
        Index(None, "person_id", "course_id", "year"),
        Index(None, "connection_id", "actor"),
        Index(None, "connection_id", "course"),
        Index("ix_reports_from_siasn", "record_id", postgresql_where=text("source_name = 'siasn'")),
        Index("ix_reports_awaited", "nip_hash", postgresql_where=text("person_id IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    connection_id: UUID = Field(foreign_key="connections.id")
    source_name: str
    reference: str
    fingerprint: bytes = Field(sa_type=LargeBinary)
    nip_hash: str | None
    actor: bytes | None = Field(sa_type=LargeBinary)
    person_id: UUID | None
    course: bytes | None = Field(sa_type=LargeBinary)
    course_id: UUID | None
    told: dict[str, Any] = Field(sa_type=JSONB)
    happened_at: datetime
    day: date
    year: int
    sent_by: str
    sent_by_person: UUID | None
    state: str
    version: int
    announced: bool
    anew: bool
    answered: int
    record_id: UUID | None
    refused: str | None
    refused_field: str | None
    refused_words: dict[str, str] | None = Field(sa_type=JSONB(none_as_null=True))
    dispute: str | None
    counts: bool | None
    decided_by: str | None
    decided_at: datetime | None
    decided_why: str | None
    made_at: datetime


class ToldCourse(Stored, table=True):
    """What a platform calls a course: its id and title, as first told."""

    __tablename__ = "platform_courses"

    connection_id: UUID = Field(primary_key=True, foreign_key="connections.id")
    key: bytes = Field(primary_key=True, sa_type=LargeBinary)
    told: str
    title: str | None


class Sighting(Stored, table=True):
    """When something last came through a connection, how much came again, and what was last wrong with it."""

    __tablename__ = "sightings"

    connection_id: UUID = Field(primary_key=True, foreign_key="connections.id")
    seen_at: datetime
    duplicates: int = Field(sa_type=BigInteger)
    error: str | None
    error_field: str | None
    error_words: dict[str, str] | None = Field(sa_type=JSONB(none_as_null=True))
    error_at: datetime | None
