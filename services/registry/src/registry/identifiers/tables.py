"""Ids of other systems: each names one person, agency or unit there, and each of these has one id in a system."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field

from common.store.tables import Stored


class IdentifiedRow(Stored, table=True):
    """Whoever or whatever some other system has had an id for; the version counts the changes of all its ids."""

    __tablename__ = "identified"
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'agency', 'unit')", name="kind"),
        UniqueConstraint("kind", "subject_id"),
    )

    subject_id: UUID = Field(primary_key=True)
    kind: str
    version: int


class IdentifierRow(Stored, table=True):
    __tablename__ = "identifiers"
    __table_args__ = (
        ForeignKeyConstraint(["kind", "subject_id"], ["identified.kind", "identified.subject_id"]),
        UniqueConstraint("kind", "system", "value"),
    )

    subject_id: UUID = Field(primary_key=True)
    system: str = Field(primary_key=True)
    kind: str
    value: str


class IdentifierChangeRow(Stored, table=True):
    __tablename__ = "identifier_changes"

    subject_id: UUID = Field(primary_key=True, foreign_key="identified.subject_id")
    version: int = Field(primary_key=True)
    parts: str = Field(sa_column_kwargs={"comment": "the systems whose ids were changed, separated by blanks"})
    recorded_by: str = Field(sa_column_kwargs={"comment": "subject of the caller's token"})
    recorded_at: datetime


identified, identifiers, identifier_changes = (
    IdentifiedRow.table(),
    IdentifierRow.table(),
    IdentifierChangeRow.table(),
)
