"""The ledger: entries that are only ever added, and the balances they make.

AK accumulate inside one jenjang, so a balance is of a person in a jenjang. A trigger of the migration refuses to
change or delete an entry: a correction is another entry.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, SmallInteger, UniqueConstraint
from sqlmodel import Field

from common.store.tables import Stored


class EntryRow(Stored, table=True):
    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("case_id", "segment"),
        UniqueConstraint("person_id", "number"),
        UniqueConstraint("reverses"),
        CheckConstraint("num_nonnulls(case_id, rise_on) = 1 AND num_nulls(case_id, segment) IN (0, 2)", name="origin"),
        CheckConstraint(
            "rise_on IS NOT NULL OR twelfths * 100 = CASE months WHEN 0 THEN 12 ELSE months END * percent * base",
            name="exact",
        ),
        CheckConstraint(
            "CASE kind WHEN 'level-used' THEN twelfths < 0 AND twelfths >= -12 * base WHEN 'level-lost' THEN twelfths < 0"
            " WHEN 'reversal' THEN reverses IS NOT NULL ELSE case_id IS NOT NULL AND reverses IS NULL END",
            name="kind",
        ),
        Index(None, "person_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    number: int = Field(sa_column_kwargs={"comment": "its place among all of the person; a trigger gives it"})
    case_id: UUID | None = Field(foreign_key="cases.id")
    segment: int | None = Field(sa_type=SmallInteger)
    rise_on: date | None = Field(
        sa_column_kwargs={"comment": "of no case: the day of the rise in level that it settles"}
    )
    reverses: UUID | None = Field(foreign_key="entries.id")
    person_id: UUID = Field(foreign_key="people.person_id")
    agency_id: UUID = Field(sa_column_kwargs={"comment": "where the person served when it was attested"})
    kind: str
    jenjang: str
    period_start: date
    period_end: date
    months: int = Field(sa_type=SmallInteger)
    predikat: str | None
    percent: int = Field(sa_type=SmallInteger)
    base: Decimal = Field(sa_type=Numeric(8, 4))
    twelfths: Decimal = Field(sa_type=Numeric(12, 4))
    rule_pack: str
    source: str = Field(sa_column_kwargs={"comment": "the legal source of the rule pack"})
    entered_at: datetime
    chain: bytes = Field(
        sa_column_kwargs={
            "comment": "SHA-256 of this entry, who decided, and the chain of the one before; a trigger makes it"
        }
    )


class BalanceRow(Stored, table=True):
    __tablename__ = "balances"

    person_id: UUID = Field(primary_key=True)
    jenjang: str = Field(primary_key=True)
    twelfths: Decimal = Field(sa_type=Numeric(12, 4))
    entries: int


entries, balances = EntryRow.table(), BalanceRow.table()
