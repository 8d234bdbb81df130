"""The end of a pair, and the hours of its sessions, as asked for and shown."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document, Words
from contracts.events.mentoring import Kind
from contracts.looks import WhoseId


class EndIn(Document):
    """Why a pair ends before its time."""

    reason: Words


class CompletionOut(BaseModel):
    """The sessions of a mentee in a year, in a pair, a circle or a talk, as they were told for their hours."""

    kind: Kind
    pair_id: UUID | None
    circle_id: UUID | None
    talk_id: UUID | None
    mentee_id: WhoseId
    year: int
    days: list[date]
    told_at: datetime
    version: int
    state: Literal["told", "recorded", "refused"] = Field(description="told: training has not answered yet")
    record_id: UUID | None = Field(description="the record of learning that stands for them")
    refused: str | None
    sentence: str


class CompletionsOut(BaseModel):
    """What was told, year by year."""

    items: list[CompletionOut]
