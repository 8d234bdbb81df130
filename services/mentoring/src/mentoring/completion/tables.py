"""What was told of a pair's sessions of a year, and what training made of it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Date, Text, UniqueConstraint, Uuid
from sqlmodel import Field

from common.store.tables import Stored
from contracts.events.mentoring import Kind


class Completion(Stored, table=True):
    """The days of a mentee's confirmed sessions of a year, in a pair, a circle or a talk, as they were told last, and the answer to it.

    `answered` is the newest version that training has answered: with the record that stands for the sessions, with why
    what was told makes none (`refused`), or with both where a record stands and says something else. `revoked` are the
    mentee's records of which training has told that they are revoked while an answer was awaited: such news may come
    before the answer that names the record.
    """

    __tablename__ = "completions"
    __table_args__ = (
        CheckConstraint("kind IN ('mentoring', 'circle', 'talk', 'guidance')", name="kind"),
        CheckConstraint(
            "(kind = 'mentoring') = (pair_id IS NOT NULL) AND (kind = 'circle') = (circle_id IS NOT NULL)"
            " AND (kind IN ('talk', 'guidance')) = (talk_id IS NOT NULL)",
            name="source",
        ),
        UniqueConstraint("pair_id", "year"),
        UniqueConstraint("circle_id", "mentee_id", "year"),
    )

    id: UUID = Field(primary_key=True)
    kind: Kind = Field(sa_type=Text)
    pair_id: UUID | None = Field(foreign_key="pairs.id")
    circle_id: UUID | None = Field(foreign_key="circles.id")
    talk_id: UUID | None = Field(foreign_key="talks.id", unique=True)
    mentee_id: UUID = Field(index=True)
    year: int
    days: list[date] = Field(sa_type=ARRAY(Date))
    version: int
    told_at: datetime
    answered: int
    record_id: UUID | None = Field(index=True)
    refused: str | None
    revoked: list[UUID] = Field(sa_type=ARRAY(Uuid))
