"""Slots and talks as offered, asked for and shown."""

from datetime import date, datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Document, Moment, Words
from contracts.looks import WhoseId
from mentoring.applications.schemas import Meeting
from mentoring.domain.talks import Kind, State


class SlotIn(Document):
    """A time that a mentor has free."""

    programme_id: UUID | None = Field(
        None, description="whose mentor you are; the first of yours that is open where it is left out"
    )
    kind: Kind = Field("talk", description="guidance: a talk on somebody's career")
    starts_at: Moment
    minutes: int = Field(60, strict=True, ge=15, le=240)
    way: Meeting = "online"

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.starts_at + timedelta(minutes=self.minutes)


class SlotOut(BaseModel):
    """A slot that is free."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    programme_id: UUID
    mentor_id: WhoseId
    kind: Kind
    starts_at: datetime
    ends_at: datetime
    way: Meeting


class TalkIn(Document):
    """What somebody would talk about."""

    topic: Words


class WhyNotIn(Document):
    """Why a talk is not to be."""

    reason: Words


class TalkOut(BaseModel):
    """A talk as the two see it."""

    id: UUID
    slot_id: UUID
    mentor_id: WhoseId
    mentee_id: WhoseId
    kind: Kind
    starts_at: datetime
    ends_at: datetime
    way: Meeting
    topic: str
    state: State
    asked_at: datetime
    answer_by: datetime
    reason: str | None
    mentee_said_at: datetime | None
    mentor_said_at: datetime | None
    expires_at: datetime | None = Field(description="until when the other may say that it was held")
    held_on: date | None = Field(description="the day it counts on, once both have said so")
    version: int
