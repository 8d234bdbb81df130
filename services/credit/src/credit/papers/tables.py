"""Papers of credit points, and how far each agency has numbered them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class PaperSeries(Stored, table=True):
    """The last number that was given for an agency in a year."""

    __tablename__ = "paper_series"

    agency_id: UUID = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


LIVE = "replaced_on IS NULL AND revoked_on IS NULL"


class PaperRow(Stored, table=True):
    """A paper as it was issued: what it says never changes, whatever the ledger says later.

    `token` is what its check address carries: unlike the number, nobody can guess it.
    """

    __tablename__ = "papers"
    __table_args__ = (
        CheckConstraint("kind IN ('conversion', 'accumulation', 'determination')", name="kind"),
        CheckConstraint("(kind = 'conversion') = (case_id IS NOT NULL)", name="case"),
        CheckConstraint("num_nulls(revoked_on, revoked_by, revocation) IN (0, 3)", name="revoked"),
        UniqueConstraint("agency_id", "year", "serial"),
        ForeignKeyConstraint(["agency_id", "year"], ["paper_series.agency_id", "paper_series.year"]),
        Index(None, "person_id", "id"),
        Index(
            "uq_papers_one_live",
            "person_id",
            "kind",
            "jenjang",
            unique=True,
            postgresql_where=text(f"kind <> 'conversion' AND {LIVE}"),
        ),
        Index(
            "uq_papers_one_live_of_a_case",
            "case_id",
            unique=True,
            postgresql_where=text(f"case_id IS NOT NULL AND {LIVE}"),
        ),
    )

    id: UUID = Field(primary_key=True)
    kind: str
    person_id: UUID = Field(foreign_key="people.person_id")
    agency_id: UUID = Field(sa_column_kwargs={"comment": "where the person served when it was issued"})
    year: int
    serial: int
    number: str = Field(sa_column_kwargs={"comment": "as it is written"})
    token: str = Field(unique=True)
    case_id: UUID | None = Field(foreign_key="cases.id")
    jenjang: str
    golongan: str | None
    name: str = Field(sa_column_kwargs={"comment": "of the person, as the paper says it"})
    position: str
    official: str = Field(sa_column_kwargs={"comment": "who has assessed the performance, as the paper says it"})
    since: int = Field(sa_column_kwargs={"comment": "number of the last entry that the paper before summed up"})
    through: int = Field(sa_column_kwargs={"comment": "number of the last entry of the person that it sums up"})
    twelfths: Decimal = Field(sa_type=Numeric(12, 4))
    said: dict[str, Any] = Field(sa_type=JSONB, sa_column_kwargs={"comment": "its lines and sums"})
    replaces: UUID | None = Field(foreign_key="papers.id")
    issued_on: date
    issued_at: datetime
    issued_by: str
    acting_for: UUID | None = Field(sa_column_kwargs={"comment": "the person for whom a deputy issued it"})
    replaced_on: date | None
    revoked_on: date | None
    revoked_by: str | None
    revocation: str | None


series, papers = PaperSeries.table(), PaperRow.table()
