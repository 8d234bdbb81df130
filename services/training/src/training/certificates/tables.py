"""Certificates, and how far each provider has numbered them."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from common.store.tables import Stored


class CertificateSeries(Stored, table=True):
    """The last number that a provider has given in a year."""

    __tablename__ = "certificate_series"

    provider_id: UUID = Field(primary_key=True, foreign_key="providers.id")
    year: int = Field(primary_key=True)
    last: int


class Certificate(Stored, table=True):
    """That a result of a class has a certificate. What it says is what the result and its record say.

    `token` is what its check address carries: unlike the number, nobody can guess it.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("class_id", "person_id"),
        UniqueConstraint("provider_id", "year", "number"),
        ForeignKeyConstraint(["class_id", "person_id"], ["class_results.class_id", "class_results.person_id"]),
        ForeignKeyConstraint(["provider_id", "year"], ["certificate_series.provider_id", "certificate_series.year"]),
        Index(None, "person_id"),
    )

    id: UUID = Field(primary_key=True)
    class_id: UUID
    person_id: UUID
    provider_id: UUID
    year: int
    number: int
    token: str = Field(unique=True)
    issued_on: date
