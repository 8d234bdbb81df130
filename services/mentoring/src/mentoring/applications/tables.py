"""Applications to programmes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class Application(Stored, table=True):
    """That somebody takes part, and on which side; `withdrawn_at` is null while they do.

    `avoids` are people they will not be paired with, `wishes` those they would like most, the first one first. `free`
    are the half days they have time on. `goals` are competencies with the level wanted.
    """

    __tablename__ = "applications"
    __table_args__ = (CheckConstraint("side IN ('mentee', 'mentor')", name="side"),)

    programme_id: UUID = Field(primary_key=True, foreign_key="programmes.id")
    person_id: UUID = Field(primary_key=True, index=True)
    side: str
    seats: int
    languages: list[str] = Field(sa_type=ARRAY(Text))
    meets: list[str] = Field(sa_type=ARRAY(Text))
    free: list[str] = Field(sa_type=ARRAY(Text))
    goals: dict[str, Any] = Field(sa_type=JSONB)
    wishes: list[UUID] = Field(sa_type=ARRAY(Uuid))
    avoids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    applied_at: datetime
    withdrawn_at: datetime | None
