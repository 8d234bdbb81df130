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
        CheckConstraint("twelfths * 100 = CASE months WHEN 0 THEN 12 ELSE months END * percent * base", name="exact"),
        Index(None, "person_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id")
    segment: int = Field(sa_type=SmallInteger)
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


class BalanceRow(Stored, table=True):
    __tablename__ = "balances"

    person_id: UUID = Field(primary_key=True)
    jenjang: str = Field(primary_key=True)
    twelfths: Decimal = Field(sa_type=Numeric(12, 4))
    entries: int


entries, balances = EntryRow.table(), BalanceRow.table()
