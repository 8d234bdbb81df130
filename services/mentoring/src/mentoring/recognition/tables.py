"""What a mentor has done in a year, as it was told last, and thanks of mentees."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from common.store.tables import Stored


class Recognition(Stored, table=True):
    """The confirmed sessions of a mentor in a calendar year, as they were told last."""

    __tablename__ = "recognitions"

    mentor_id: UUID = Field(primary_key=True)
    year: int = Field(primary_key=True)
    sessions: int
    minutes: int
    mentees: int
    version: int
    told_at: datetime


class Thanks(Stored, table=True):
    """What a mentee says to the mentor of a pair, and how much it has helped them, from 1 to 5."""

    __tablename__ = "thanks"
    __table_args__ = (CheckConstraint("helped BETWEEN 1 AND 5", name="helped"),)

    pair_id: UUID = Field(primary_key=True, foreign_key="pairs.id")
    words: str
    helped: int
    said_at: datetime
