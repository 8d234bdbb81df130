"""Whom the figures by sex count."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from common.store.tables import Stored


class ToldApplicant(Stored, table=True):
    """How somebody was counted, and with whom: all of a `batch` at once. `score` is null for who had no mentor."""

    __tablename__ = "told_applicants"
    __table_args__ = (CheckConstraint("sex IN ('male', 'female')", name="sex"),)

    programme_id: UUID = Field(primary_key=True, foreign_key="programmes.id")
    person_id: UUID = Field(primary_key=True, index=True)
    batch: UUID
    agency_id: UUID
    sex: str
    score: int | None
    told_on: date
