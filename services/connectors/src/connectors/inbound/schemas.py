"""Addresses for webhooks, and what arrived there, as callers see them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from common.fields import Document, Line
from connectors.domain.payloads import Kind


class SecretIn(Document):
    """A secret that the platform has made. Without one, one is made here and told once."""

    secret: Annotated[SecretStr | None, Field(max_length=500)] = None


class ReceiverIn(SecretIn):
    """What sends webhooks, and the address of the platform, by which it names people and courses."""

    kind: Kind
    site: Annotated[Line | None, Field(description="https://lms.example; needed for `moodle` and `cornerstone`")] = None


class ReceiverOut(BaseModel):
    """Where a platform sends its webhooks: `path`, behind the address of this service."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    connection_id: UUID
    kind: Kind
    site: str | None
    path: str
    former_until: datetime | None
    made_at: datetime


class NewReceiverOut(ReceiverOut):
    """The same with its secret, told this once; null where the platform has made it or needs none."""

    secret: str | None


class ArrivalOut(BaseModel):
    """A message, and what became of it: it waits, was taken, told nothing of ours (`ignored`), or was refused and why."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    state: Literal["waiting", "taken", "ignored", "refused"]
    code: str | None
    field: str | None
    received_at: datetime
    settled_at: datetime | None
