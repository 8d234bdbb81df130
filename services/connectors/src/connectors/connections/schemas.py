"""Connections as callers see them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Document, Line


class ConnectionIn(Document):
    """What an agency or a provider calls a connection, and the platform it is to."""

    name: Line
    platform: Annotated[Line, Field(description="what runs there: moodle, openedx, canvas, ...")]
    enabled: bool = Field(True, strict=True)


class CredentialOut(BaseModel):
    """A key that is good; its secret is told nobody any more."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    made_at: datetime


class CountsOut(BaseModel):
    """What became of what a connection has reported."""

    accepted: int = Field(description="training has a record of it")
    duplicate: int = Field(description="was there already")
    sent: int = Field(description="training has not answered yet")
    waiting: int = Field(
        description="for a person or a course that is not known, or for a decision whether it is a double"
    )
    refused: int
    withdrawn: int
    in_review: int = Field(description="of those accepted: its platform says otherwise now, and a person is to decide")


class ErrorOut(BaseModel):
    """What was last wrong with what came, in words."""

    code: str
    field: str | None
    words: str
    at: datetime


class ConnectionOut(BaseModel):
    """A connection, with the keys that are good, what came through it and what became of that."""

    id: UUID
    agency_id: UUID | None
    provider_id: UUID | None
    name: str
    platform: str
    enabled: bool
    made_at: datetime
    version: int
    credentials: list[CredentialOut]
    seen_at: datetime | None = Field(description="when something last came")
    last_error: ErrorOut | None
    counts: CountsOut


class NewCredentialOut(CredentialOut):
    """A new key with its secret, told this once: user name and password of HTTP Basic."""

    secret: str
