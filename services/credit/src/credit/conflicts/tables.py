"""Declared conflicts of interest."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from common.store.tables import Stored


class ConflictRow(Stored, table=True):
    __tablename__ = "conflicts"

    judge_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True, index=True)
    declared_at: datetime


conflicts = ConflictRow.table()
