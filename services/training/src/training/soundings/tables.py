"""Sweeps, what each counted in every agency, and the people it found short."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field

from common.store.tables import Stored

PARTITIONS = "partitions"
"""The schema that holds the partitions of `shortfalls`, one for each sweep."""


class Sweep(Stored, table=True):
    """One look at everybody for one period, counted where they served on `as_of`.

    It keeps the rule it was made by, so that whatever follows later is judged alike: `last_month` of the
    period, up to which months of duty ask for their part, and `over_from`, the day after the period. Pages
    up to `announced_agency_id`, `announced_page` are in the outbox.
    """

    __tablename__ = "sweeps"
    __table_args__ = (
        CheckConstraint("period BETWEEN 1 AND 3", name="period"),
        CheckConstraint("last_month BETWEEN 1 AND 12", name="last_month"),
        CheckConstraint("state IN ('running', 'done')", name="state"),
        # Of two that begin at the same time one gets nothing: a period has one first sweep and one that
        # runs, and a sweep has one successor.
        Index("uq_sweeps_first", "year", "period", unique=True, postgresql_where=text("replaces IS NULL")),
        Index("uq_sweeps_running", "year", "period", unique=True, postgresql_where=text("state = 'running'")),
        UniqueConstraint("replaces"),
    )

    id: UUID = Field(primary_key=True)
    year: int
    period: int
    as_of: date
    rule_pack: str
    over_from: date
    last_month: int
    state: str
    replaces: UUID | None = Field(foreign_key="sweeps.id")
    started_at: datetime
    finished_at: datetime | None
    people: int
    short: int
    announced_agency_id: UUID
    announced_page: int


class SweepAgency(Stored, table=True):
    """How many people of an agency a sweep looked at, and how many of them it found short."""

    __tablename__ = "sweep_agencies"

    sweep_id: UUID = Field(primary_key=True)
    agency_id: UUID = Field(primary_key=True)
    people: int
    short: int


class Shortfall(Stored, table=True):
    """Somebody below what was due, with the JP as they were at `changed_at`: when found, or at the last change since.

    `page` is the page of the agency's announcement, or 0 when no page of the sweep names them, since they
    fell below only later. `agency_id` follows the person's history; `told_agency_id` is the agency whose
    page named them, where that is another one.
    """

    __tablename__ = "shortfalls"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'resolved')", name="state"),
        Index(None, "sweep_id", "agency_id", "page", "person_id"),
        {"postgresql_partition_by": "LIST (sweep_id)"},
    )

    # No foreign key: it would be checked row by row, in a transaction that writes the sweep itself.
    sweep_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    agency_id: UUID
    unit_id: UUID | None
    unit_name: str | None
    page: int
    told_agency_id: UUID | None
    target: Decimal = Field(sa_type=Numeric(8, 3))
    threshold: Decimal = Field(sa_type=Numeric(8, 3))
    verified: Decimal = Field(sa_type=Numeric(12, 3))
    missing: Decimal = Field(sa_type=Numeric(8, 3))
    state: str
    changed_at: datetime
    version: int
