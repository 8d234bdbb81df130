"""Agreements of pairs, each version with who signed it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored
from mentoring.domain.programmes import Side


class Agreement(Stored, table=True):
    """A version of what the two agree on. Whoever proposes it has signed it; it holds once the other has too.

    `goals` are competencies, each with the level of the mentee now and the one wanted. `every_days` is the rhythm.
    """

    __tablename__ = "agreements"
    __table_args__ = (
        CheckConstraint("proposed_by IN ('mentee', 'mentor')", name="proposed_by"),
        CheckConstraint(
            "(CASE proposed_by WHEN 'mentee' THEN mentee_signed_at ELSE mentor_signed_at END) IS NOT NULL",
            name="signed",
        ),
    )

    pair_id: UUID = Field(primary_key=True, foreign_key="pairs.id")
    version: int = Field(primary_key=True)
    goals: list[dict[str, Any]] = Field(sa_type=JSONB)
    plan: str
    every_days: int
    confidentiality: str
    proposed_by: Side = Field(sa_type=Text)
    mentee_signed_at: datetime | None
    mentor_signed_at: datetime | None
