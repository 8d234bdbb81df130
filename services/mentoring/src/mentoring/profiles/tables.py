"""Levels of competencies, as people and their superiors state them."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from common.store.tables import Stored
from mentoring.domain.levels import Stated


class StatedLevel(Stored, table=True):
    """How far somebody is in a competency, by the newest statement of each source."""

    __tablename__ = "levels"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("source IN ('self', 'superior')", name="source"),
    )

    person_id: UUID = Field(primary_key=True)
    competency: str = Field(primary_key=True)
    source: Stated = Field(primary_key=True, sa_type=Text)
    level: int
    dated_on: date
    stated_by: UUID
