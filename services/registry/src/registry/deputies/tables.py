"""Who stands in for whom: `valid_to` is exclusive; both days are the same where it was taken back before it began."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class DelegationRow(Stored, table=True):
    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("person_id <> deputy_id", name="two_people"),
        CheckConstraint("valid_from <= valid_to", name="dates"),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="people.id", index=True)
    deputy_id: UUID = Field(foreign_key="people.id", index=True)
    duty: str
    valid_from: date
    valid_to: date
    named_by: list[Any] = Field(
        sa_type=JSONB, sa_column_kwargs={"comment": "subject and person of whoever named the deputy"}
    )
    version: int


delegations = DelegationRow.table()
