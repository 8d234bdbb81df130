"""Requests to mend data, as they are asked and shown."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document, Line, Paragraph


class DataFixIn(Document):
    """What is wrong, and what would be right. Without `person_id` it is about the caller."""

    person_id: UUID | None = None
    kind: Line = Field(description="one of `data_fixes` in `GET /v1/rule-subjects`")
    words: Paragraph


class RefusalIn(Document):
    """Why the data are right as they are."""

    answer: Paragraph


class DataFixOut(BaseModel):
    """A request to mend data: whose role mends it, until which working day, and how. `overdue` when that has gone by."""

    id: UUID
    person_id: UUID
    kind: str
    state: Literal["open", "mended", "refused", "withdrawn"]
    words: str
    route: str
    way: str = Field(description="how it is mended, in words")
    due_on: date
    overdue: bool
    status: str = Field(description="how far the days are confirmed")
    asked_by: str
    asked_at: datetime
    answer: str | None
    closed_at: datetime | None
