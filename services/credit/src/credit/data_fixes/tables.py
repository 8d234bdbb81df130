"""Requests to mend data."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.store.tables import Stored


class DataFixRow(Stored, table=True):
    __tablename__ = "data_fixes"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'mended', 'refused', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        CheckConstraint("state = 'refused' OR answer IS NULL", name="answer"),
        Index("uq_data_fixes_one_open", "person_id", "kind", unique=True, postgresql_where=text("state = 'open'")),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="people.person_id")
    kind: str
    state: str
    words: str = Field(sa_column_kwargs={"comment": "what is wrong, and what would be right"})
    due_on: date = Field(sa_column_kwargs={"comment": "the last day to mend it in time"})
    rule_pack: str
    fingerprint: str = Field(
        sa_column_kwargs={"comment": "of what the registry had then: another one closes the request"}
    )
    asked_by: str
    asked_at: datetime
    answer: str | None = Field(sa_column_kwargs={"comment": "why it was refused"})
    closed_at: datetime | None


data_fixes = DataFixRow.table()
