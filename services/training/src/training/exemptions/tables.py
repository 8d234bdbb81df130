"""Exemptions, and each step of theirs."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text
from sqlmodel import Field

from common.store.tables import Stored


class Exemption(Stored, table=True):
    """That somebody owes no hours from `valid_from` until the day before `valid_to`, once it is approved.

    `hands` are the subjects and people who have asked for or entered it. `paper` says where the proof is. One that was
    ended on its first day covers none.
    """

    __tablename__ = "exemptions"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'approved', 'refused')", name="state"),
        CheckConstraint("valid_from <= valid_to", name="dates"),
        Index(None, "person_id"),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID
    ground: str
    valid_from: date
    valid_to: date | None
    paper: str | None
    state: str
    hands: list[str] = Field(sa_type=ARRAY(Text))
    version: int


class ExemptionChange(Stored, table=True):
    """A step of an exemption: what was done, until when it held then, by whom, when, and why."""

    __tablename__ = "exemption_changes"
    __table_args__ = (CheckConstraint("act IN ('asked', 'approved', 'refused', 'ended')", name="act"),)

    exemption_id: UUID = Field(primary_key=True, foreign_key="exemptions.id")
    version: int = Field(primary_key=True)
    act: str
    valid_to: date | None
    reason: str | None
    done_by: str
    done_at: datetime
