"""What was decided of the parts of returned cases; a trigger of the migration keeps it append-only."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlmodel import Field

from common.store.tables import Stored


class PartDecisionRow(Stored, table=True):
    __tablename__ = "part_decisions"
    __table_args__ = (
        CheckConstraint("verdict IN ('open', 'right', 'wrong')", name="verdict"),
        CheckConstraint("(verdict = 'wrong') = (code IS NOT NULL)", name="code"),
        ForeignKeyConstraint(["case_id", "version"], ["case_history.case_id", "case_history.version"]),
    )

    case_id: UUID = Field(primary_key=True)
    part: str = Field(primary_key=True)
    version: int = Field(
        primary_key=True,
        sa_column_kwargs={"comment": "of the case: the return that decided it, or the repair that opened it"},
    )
    verdict: str
    code: str | None = Field(sa_column_kwargs={"comment": "of what is wrong, as the rule pack of returns has it"})


part_decisions = PartDecisionRow.table()
