"""Reforms as they were ordered; how far one is, its job tells."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored


class ReformRow(Stored, table=True):
    __tablename__ = "reforms"

    id: UUID = Field(primary_key=True)
    job_id: UUID
    agency_id: UUID = Field(foreign_key="agencies.id", index=True)
    effective_on: date
    shares: list[dict[str, Any]] = Field(sa_type=JSONB, sa_column_kwargs={"comment": "agency_id and unit_ids of each"})
    agency_ids: list[UUID] = Field(sa_type=ARRAY(Uuid), sa_column_kwargs={"comment": "all that take part"})
    ordered_by: str
    ordered_at: datetime


class PreviewRow(Stored, table=True):
    """A plan about which the services were asked."""

    __tablename__ = "reform_previews"

    id: UUID = Field(primary_key=True)
    plan: dict[str, Any] = Field(sa_type=JSONB, sa_column_kwargs={"comment": "as `reforms` take it"})
    asked_by: str
    asked_at: datetime


class AnswerRow(Stored, table=True):
    """What a service holds of the agency of a plan."""

    __tablename__ = "reform_answers"

    preview_id: UUID = Field(primary_key=True, foreign_key="reform_previews.id")
    service: str = Field(primary_key=True)
    items: list[dict[str, Any]] = Field(sa_type=JSONB)


reforms, previews, answers = ReformRow.table(), PreviewRow.table(), AnswerRow.table()
