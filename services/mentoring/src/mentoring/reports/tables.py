"""Whom reports go to, reports, and what the person concerned was told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from common.store.tables import Stored
from mentoring.domain.reports import ABOUT, About


class Confidant(Stored, table=True):
    """Somebody whom a programme names for reports of problems."""

    __tablename__ = "confidants"

    programme_id: UUID = Field(primary_key=True, foreign_key="programmes.id")
    person_id: UUID = Field(primary_key=True)


class ProblemReport(Stored, table=True):
    """What one of a pair has reported of the other, for `handler_id` alone; `outcome` is what they told the reporter."""

    __tablename__ = "problem_reports"
    __table_args__ = (
        CheckConstraint(f"about IN {ABOUT}", name="about"),
        CheckConstraint("(outcome IS NULL) = (handled_at IS NULL)", name="handled"),
        CheckConstraint("handler_id NOT IN (reporter_id, concerns_id) AND reporter_id <> concerns_id", name="outside"),
    )

    id: UUID = Field(primary_key=True)
    pair_id: UUID = Field(foreign_key="pairs.id")
    reporter_id: UUID = Field(index=True)
    concerns_id: UUID
    handler_id: UUID = Field(index=True)
    about: About = Field(sa_type=Text)
    words: str
    sent_at: datetime
    outcome: str | None
    handled_at: datetime | None


class ReportNotice(Stored, table=True):
    """What the person whom a report concerns was told once it was handled: nothing of who sent it, nor what it said."""

    __tablename__ = "report_notices"

    report_id: UUID = Field(primary_key=True, foreign_key="problem_reports.id")
    person_id: UUID = Field(index=True)
    words: str
    told_at: datetime
