"""What was told of a pair's sessions of a year, and what training made of it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Date, Uuid
from sqlmodel import Field

from common.store.tables import Stored


class Completion(Stored, table=True):
    """The days of a pair's confirmed sessions of a year as they were told last, and the answer to it.

    `answered` is the newest version that training has answered: with the record that stands for the sessions, with why
    what was told makes none (`refused`), or with both where a record stands and says something else. `revoked` are the
    mentee's records of which training has told that they are revoked while an answer was awaited: such news may come
    before the answer that names the record.
    """

    __tablename__ = "completions"

    pair_id: UUID = Field(primary_key=True, foreign_key="pairs.id")
    year: int = Field(primary_key=True)
    id: UUID = Field(unique=True)
    days: list[date] = Field(sa_type=ARRAY(Date))
    version: int
    told_at: datetime
    answered: int
    record_id: UUID | None = Field(index=True)
    refused: str | None
    revoked: list[UUID] = Field(sa_type=ARRAY(Uuid))
