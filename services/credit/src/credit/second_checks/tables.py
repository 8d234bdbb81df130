"""Decisions that were drawn to be made again. `number` 2 is the second checker's, 3 the third's, where the two differ."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, SmallInteger, Text, UniqueConstraint
from sqlmodel import Field

from common.store.tables import Stored


class SecondCheckRow(Stored, table=True):
    __tablename__ = "second_checks"
    __table_args__ = (
        CheckConstraint("number IN (2, 3)", name="number"),
        CheckConstraint("verdict IN ('right', 'wrong')", name="verdict"),
        CheckConstraint("num_nulls(verdict, judged_by, judges, judged_at) IN (0, 4)", name="judged"),
        UniqueConstraint("case_id", "version", "number"),
        ForeignKeyConstraint(["case_id", "version"], ["case_history.case_id", "case_history.version"]),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID
    version: int = Field(sa_column_kwargs={"comment": "of the case, with the decision that was drawn"})
    number: int = Field(sa_type=SmallInteger)
    agency_id: UUID = Field(index=True, sa_column_kwargs={"comment": "where the person served when it was drawn"})
    first: str = Field(sa_column_kwargs={"comment": "what the first checker found"})
    verdict: str | None
    judged_by: str | None
    judges: list[str] | None = Field(sa_type=ARRAY(Text))
    judged_at: datetime | None


second_checks = SecondCheckRow.table()
