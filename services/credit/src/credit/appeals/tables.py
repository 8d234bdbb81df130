"""Objections and appeals. A trigger of the migration refuses illegal moves, and a judge who has decided the case before."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from common.store.tables import Stored


class AppealRow(Stored, table=True):
    __tablename__ = "appeals"
    __table_args__ = (
        CheckConstraint("level IN ('objection', 'appeal')", name="level"),
        CheckConstraint("(level = 'appeal') = (after IS NOT NULL)", name="after"),
        CheckConstraint(
            "state IN ('filed', 'granted', 'held-granted', 'denied', 'issued', 'withdrawn', 'overtaken')", name="state"
        ),
        CheckConstraint("num_nulls(judged_by, judges, decided_on) IN (0, 3)", name="judged"),
        UniqueConstraint("case_id", "case_version", "level"),
        Index("ix_appeals_waiting", "answer_by", postgresql_where=text("state = 'filed'")),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id")
    case_version: int = Field(sa_column_kwargs={"comment": "of the decision that it is against"})
    person_id: UUID = Field(index=True)
    level: str
    after: UUID | None = Field(
        foreign_key="appeals.id", sa_column_kwargs={"comment": "of an appeal: the objection that was denied"}
    )
    state: str
    version: int
    grounds: str
    predikat: str | None = Field(sa_column_kwargs={"comment": "which the points should be counted by"})
    rule_pack: str
    filed_on: date
    answer_by: date = Field(sa_column_kwargs={"comment": "the last day to answer; then it is held granted"})
    judged_by: str | None
    judges: list[str] | None = Field(
        sa_type=ARRAY(Text), sa_column_kwargs={"comment": "subject and people of who has judged it"}
    )
    decided_on: date | None
    answer: str | None
    issue_by: date | None = Field(sa_column_kwargs={"comment": "the last day to issue what was granted"})
    issued_by: str | None
    issued_case: UUID | None = Field(
        foreign_key="cases.id", sa_column_kwargs={"comment": "the case that has the points it was granted"}
    )
    moved_at: datetime


appeals = AppealRow.table()
