"""Programmes with their rules."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class Programme(Stored, table=True):
    """A programme of an agency, by rules of its own; `closes_on` is the last day on which somebody may join."""

    __tablename__ = "programmes"
    __table_args__ = (
        CheckConstraint("opens_on <= closes_on", name="dates"),
        CheckConstraint("state IN ('open', 'closed')", name="state"),
    )

    id: UUID = Field(primary_key=True)
    agency_id: UUID = Field(index=True)
    title: str
    opens_on: date
    closes_on: date
    rules: dict[str, Any] = Field(sa_type=JSONB, sa_column_kwargs={"comment": "see mentoring.domain.programmes.Rules"})
    state: str
    version: int
