"""Reports as callers see them, and what they decide about one."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Document, Words
from connectors.domain.standing import State


class ReportOut(BaseModel):
    """What a door has reported, and what became of it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    connection_id: UUID
    source_name: str
    reference: str
    state: State
    person_id: UUID | None = Field(description="null while it waits for the person")
    course_id: UUID | None = Field(description="of the catalogue; null where it names none, or waits for a mapping")
    title: str | None = Field(description="as it was told, else what its course is called")
    day: date
    happened_at: datetime
    version: int = Field(description="of what training was told last; 0: nothing yet")
    record_id: UUID | None
    refused: str | None = Field(description="code of why training did not take what it was told last")
    refused_field: str | None
    refused_words: str | None = Field(description="the same in words")
    dispute: str | None = Field(description="why a person is to look: voided, failed or revoked")
    counts: bool | None = Field(description="what a person has decided")
    decided_at: datetime | None
    made_at: datetime


class DecisionIn(Document):
    """Whether a possible double, or what is disputed, counts, and why."""

    counts: bool
    reason: Words
