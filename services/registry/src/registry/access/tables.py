"""The access log as it is kept: a row for each event, with all whom it names; a partition a month.

A month begins at midnight in Jakarta. Whoever serves makes and drops no table: two functions of the owner do.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from common.store.tables import Stored


class LookRow(Stored, table=True):
    __tablename__ = "looks"
    __table_args__ = (
        Index(None, "person_ids", postgresql_using="gin"),
        Index(None, "client", "seen_at"),
        Index(None, "seen_at"),
        {"postgresql_partition_by": "RANGE (seen_at)"},
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"comment": "of the event"})
    seen_at: datetime = Field(primary_key=True)
    viewer_id: UUID
    viewer: str = Field(sa_column_kwargs={"comment": "subject of the token"})
    viewer_person_id: UUID | None
    viewer_agency_id: UUID | None
    client: str | None
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    service: str
    part: str
    person_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    reason: str | None


looks = LookRow.table()
