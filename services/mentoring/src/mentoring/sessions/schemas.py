"""Sessions as planned, told of and shown."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from common.fields import Day, Document, Moment, Words
from contracts.looks import WhoseId
from mentoring.applications.schemas import Meeting
from mentoring.domain.programmes import Side
from mentoring.domain.sessions import By, Shown

Log = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=20_000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
    ),
]
"""What was talked about: ten pages, with its line breaks."""


class SessionIn(Document):
    """When and where a session is to be, or was."""

    starts_at: Moment
    minutes: int = Field(60, strict=True, ge=15, le=480)
    way: Meeting = "online"
    place: Words | None = Field(None, description="a room, or the address of a call")

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.starts_at + timedelta(minutes=self.minutes)


class ActionIn(Document):
    """What one of the two is to do until the next time."""

    what: Words
    whose: Side
    due_on: Day | None = None
    done: bool = Field(False, strict=True)


class LogIn(Document):
    """What was talked about, and what follows from it: all of it, in place of what stood there."""

    log: Log | None = None
    actions: list[ActionIn] = Field([], max_length=20)


class CancelIn(Document):
    """Why a session is not to be, or does not count."""

    reason: Words


class SessionOut(BaseModel):
    """A session as whoever runs the programme sees it too: not what was talked about."""

    id: UUID
    pair_id: UUID
    mentee_id: WhoseId
    mentor_id: WhoseId
    starts_at: datetime
    ends_at: datetime
    way: Meeting
    state: Shown = Field(description="pending: only one of the two has said that it was held; it does not count")
    mentee_said_at: datetime | None
    mentor_said_at: datetime | None
    expires_at: datetime | None = Field(description="until when the other may say so")
    held_on: date | None = Field(description="the day it counts on")
    version: int


class ActionOut(BaseModel):
    """What one of the two is to do."""

    what: str
    whose: Side
    due_on: date | None
    done: bool


class SessionFileOut(BaseModel):
    """A file of a session."""

    id: UUID
    name: str
    media_type: Literal["application/pdf", "image/png", "image/jpeg"]
    size: int
    sha256: str
    added_by: Side
    added_at: datetime


class WholeSessionOut(SessionOut):
    """A session as the two of the pair see it."""

    place: str | None
    log: str | None
    actions: list[ActionOut]
    cancelled_by: By | None = Field(description="desk: the pair was ended by neither of the two")
    cancel_reason: str | None
    files: list[SessionFileOut]


class QuietPairOut(BaseModel):
    """A pair that has held no session since a day; both were reminded on the day it was found."""

    pair_id: UUID
    mentee_id: WhoseId
    mentor_id: WhoseId
    since: date
    found_on: date
