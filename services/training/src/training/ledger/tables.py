"""The yearly ledger of learning hours (JP)."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, Numeric, text
from sqlmodel import Field

from common.store.tables import Stored


class LedgerRow(Stored, table=True):
    """What a person owes and has in a year, in JP. Everyone in service in the year has a row.

    `floor`, `ceiling` and `yearly` are the rule's, for a whole year. `target` is what this person owes: the
    part of `yearly` for the months of duty, which are the bits of `duty_months`, January the lowest.
    `verified` and `unverified` are the sums of what the valid records count.
    """

    __tablename__ = "jp_ledger"
    # The few whom a sweep leaves out, of millions.
    __table_args__ = (Index("ix_jp_ledger_exempt", "year", postgresql_where=text("duty_months = 0")),)

    person_id: UUID = Field(primary_key=True)
    year: int = Field(primary_key=True)
    pack: str
    floor: Decimal | None = Field(sa_type=Numeric(8, 3))
    ceiling: Decimal | None = Field(sa_type=Numeric(8, 3))
    yearly: Decimal = Field(sa_type=Numeric(8, 3))
    target: Decimal = Field(sa_type=Numeric(8, 3))
    duty_months: int
    verified: Decimal = Field(sa_type=Numeric(12, 3))
    unverified: Decimal = Field(sa_type=Numeric(12, 3))
