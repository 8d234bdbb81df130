"""Pairs as shown."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.looks import WhoseId
from mentoring.domain.pairs import State


class PairOut(BaseModel):
    """A pair."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    programme_id: UUID
    mentee_id: WhoseId
    mentor_id: WhoseId
    state: State
    answer_by: datetime | None
    mentee_accepted_at: datetime | None
    mentor_accepted_at: datetime | None
    begins_on: date | None
    ends_on: date | None = Field(description="the last day as planned, or as it came")
    ended_reason: str | None
    version: int


class DeskPairOut(PairOut):
    """A pair as whoever runs the programme sees it."""

    run_id: UUID | None = Field(description="null: made by hand")
    score: int
    review: str | None = Field(description="why it is to be looked at; null: nothing is open")
