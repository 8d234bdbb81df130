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
    enabled: bool = True


class CredentialOut(BaseModel):
    """A key that is good; its secret is told nobody any more."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    made_at: datetime


class ConnectionOut(BaseModel):
    """A connection, with the keys that are good."""

    id: UUID
    agency_id: UUID | None
    provider_id: UUID | None
    name: str
    platform: str
    enabled: bool
    made_at: datetime
    version: int
    credentials: list[CredentialOut]


class NewCredentialOut(CredentialOut):
    """A new key with its secret, told this once: user name and password of HTTP Basic."""

    secret: str
