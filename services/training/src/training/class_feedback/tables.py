"""Evaluations, reflections, and whether what was learned was used.

`told` is what of each the provider is told together with others; it is set for as many at once as may be told.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Text, text
from sqlmodel import Field

from common.store.tables import Stored


class Evaluation(Stored, table=True):
    """What an attendee says of a class, from 1 to 5: of its content, its teaching and its organisation; `later` is what they say of it once they
    were asked whether they used it.
    """

    __tablename__ = "class_evaluations"
    __table_args__ = (
        CheckConstraint(
            "content BETWEEN 1 AND 5 AND teaching BETWEEN 1 AND 5 AND organisation BETWEEN 1 AND 5", name="marks"
        ),
    )

    class_id: UUID = Field(primary_key=True, foreign_key="classes.id")
    person_id: UUID = Field(primary_key=True, index=True)
    later: bool = Field(primary_key=True)
    content: int
    teaching: int
    organisation: int
    words: str | None
    said_at: datetime
    told: bool = Field(
        default=False, sa_column_kwargs={"server_default": text("false"), "comment": "with others, to the provider"}
    )


class Reflection(Stored, table=True):
    """What a class gave an attendee, in words, and which of knowledge, skill and attitude it served."""

    __tablename__ = "class_reflections"

    class_id: UUID = Field(primary_key=True, foreign_key="classes.id")
    person_id: UUID = Field(primary_key=True, index=True)
    words: str
    served: list[str] = Field(sa_type=ARRAY(Text))
    said_at: datetime
    told: list[str] | None = Field(
        default=None, sa_type=ARRAY(Text), sa_column_kwargs={"comment": "what it served, as it was told"}
    )


class Use(Stored, table=True):
    """That an attendee was asked whether they used what they learned, and what they have answered."""

    __tablename__ = "class_uses"
    __table_args__ = (CheckConstraint("(used IS NULL) = (said_at IS NULL)", name="said"),)

    class_id: UUID = Field(primary_key=True, foreign_key="classes.id")
    person_id: UUID = Field(primary_key=True, index=True)
    asked_on: date
    used: bool | None
    words: str | None
    said_at: datetime | None
    told: bool | None = Field(default=None, sa_column_kwargs={"comment": "whether they used it, as it was told"})
