"""Stakeholders, each version with the days it held."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.store.tables import Stored


class Stakeholder(Stored, table=True):
    """Who takes part, as it was written for some days; `valid_to` is exclusive, null for what holds now.

    A contribution that nobody has written yet is null, and is shown as an empty cell.
    """

    __tablename__ = "stakeholders"
    __table_args__ = (
        CheckConstraint("valid_to > valid_from", name="days"),
        Index("uq_stakeholders_now", "id", unique=True, postgresql_where=text("valid_to IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None
    name: str
    role: str
    contribution: str | None


stakeholders = Stakeholder.table()
