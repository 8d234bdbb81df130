"""Webhooks and their deliveries as callers see them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Document, Line, Words

Kind = Literal["training.completed", "training.corrected", "training.revoked"]
"""What is told to others. Credit points never are."""


class WebhookIn(Document):
    """Where to, of what, and what for. `connection_id` for what a connection has reported; without it, an agency's people."""

    connection_id: UUID | None = None
    url: Annotated[
        str,
        Field(
            max_length=2000,
            pattern=r"^https?://[^\x00-\x20\x7f]+$",
            description="https, and an address on the open internet",
        ),
    ]
    events: Annotated[list[Kind], Field(min_length=1, max_length=3)]
    purpose: Annotated[
        Words, Field(description="what the data are used for; the people concerned read it (UU 27/2022)")
    ]
    reference: Annotated[Line, Field(description="what the subscriber calls it; each message repeats it")]
    enabled: bool = Field(True, strict=True)


class WebhookOut(BaseModel):
    """A webhook. `ended` says why it was switched off: its receiver is `gone` (410), or `unanswered` after the last try; or
    its agency is `closed`, and it stays off.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    agency_id: UUID | None
    connection_id: UUID | None
    url: str
    events: list[Kind]
    purpose: str
    reference: str
    enabled: bool
    ended: str | None
    paused_until: datetime | None
    made_at: datetime
    version: int


class NewSecretOut(WebhookOut):
    """A webhook with its new secret, told this once."""

    secret: str


class AttemptOut(BaseModel):
    """A try: the status that was answered, or what went wrong."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    status: int | None
    fault: str | None
    milliseconds: int


class DeliveryOut(BaseModel):
    """A delivery: `id` is its `webhook-id`; `due_at` when it is tried next."""

    id: UUID
    event: Kind
    state: Literal["waiting", "delivered", "failed"]
    tries: int
    due_at: datetime | None
    made_at: datetime
    settled_at: datetime | None
    attempts: list[AttemptOut]


class ToldOut(BaseModel):
    """Who is told of the caller's trainings, what for, and how often so far."""

    webhook_id: UUID
    agency_id: UUID | None
    connection_id: UUID | None
    events: list[Kind]
    purpose: str
    url: str
    deliveries: int
    first_at: datetime
    last_at: datetime
