"""Facts by a paper. One that is wrong is withdrawn and stays on record."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from common.store.tables import Stored


class FactRow(Stored, table=True):
    __tablename__ = "facts"
    __table_args__ = (
        CheckConstraint("kind IN ('test', 'discipline')", name="kind"),
        CheckConstraint(
            "CASE kind WHEN 'test' THEN jenjang IS NOT NULL AND num_nonnulls(level, until) = 0"
            " ELSE jenjang IS NULL AND level IS NOT NULL END",
            name="says",
        ),
        CheckConstraint("level IN ('none', 'light', 'medium', 'heavy')", name="level"),
        CheckConstraint("day < until AND (until IS NULL OR level <> 'none')", name="until"),
        CheckConstraint("num_nulls(withdrawn_by, withdrawn_at, withdrawn_for) IN (0, 3)", name="withdrawn"),
        Index(
            "uq_facts_one_of_a_paper", "person_id", "kind", "paper", unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )  # fmt: skip

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="people.person_id")
    kind: str
    jenjang: str | None = Field(sa_column_kwargs={"comment": "of a test: the one it was for"})
    level: str | None = Field(sa_column_kwargs={"comment": "of discipline; 'none': there was none by then"})
    day: date = Field(sa_column_kwargs={"comment": "when the test was passed, or the discipline began"})
    until: date | None = Field(sa_column_kwargs={"comment": "the first day on which it is no longer in force"})
    paper: str | None = Field(sa_column_kwargs={"comment": "its number"})
    recorded_by: str
    recorded_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawn_for: str | None = Field(sa_column_kwargs={"comment": "why, in words"})


facts = FactRow.table()
