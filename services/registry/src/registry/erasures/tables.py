"""Erasures as they were asked for and consented to, and what services have against them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, text
from sqlmodel import Field

from common.store.tables import Stored


class ErasureRow(Stored, table=True):
    __tablename__ = "erasures"
    __table_args__ = (
        CheckConstraint("ground IN ('retention', 'request', 'unlawful')", name="ground"),
        CheckConstraint("state IN ('asked', 'consented', 'done', 'withdrawn')", name="state"),
        CheckConstraint("(job_id IS NOT NULL) = (state IN ('consented', 'done'))", name="job"),
        Index(
            "uq_erasures_under_way",
            "person_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'consented')"),
        ),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="people.id")
    ground: str
    letter: str = Field(sa_column_kwargs={"comment": "the number of the letter it rests on"})
    state: str
    round: int = Field(sa_column_kwargs={"comment": "how often the services have been asked"})
    asked_by: str
    asked_at: datetime
    hands: list[str] = Field(
        sa_type=ARRAY(Text), sa_column_kwargs={"comment": "subject and person of who has asked: another one consents"}
    )
    settled_by: str | None
    settled_at: datetime | None
    job_id: UUID | None


class ErasureAnswerRow(Stored, table=True):
    __tablename__ = "erasure_answers"

    erasure_id: UUID = Field(primary_key=True, foreign_key="erasures.id")
    service: str = Field(primary_key=True)
    round: int
    against: str | None


erasures, erasure_answers = ErasureRow.table(), ErasureAnswerRow.table()
