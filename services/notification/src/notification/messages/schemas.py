"""Messages as the API shows them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from notification.digests.figures import Figures

MessageState = Literal["queued", "sent", "failed", "skipped"]


class MessageOut(BaseModel):
    """A mail to one PIC. `reason`: `refused`, `gave-up` or `no-pic` when it failed, `all-met` when it was skipped.

    Until the PIC has it, it goes to whoever is PIC when it is sent; `recipient` is whom it was for last.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    round_id: UUID
    agency_id: UUID
    rank: Literal["main", "deputy"]
    recipient: str
    cc: list[str]
    language: Literal["id", "en"]
    state: MessageState
    reason: str | None
    due_at: datetime
    attempts: int
    created_at: datetime
    settled_at: datetime | None


class AttemptOut(BaseModel):
    """One try to hand the mail over, with the SMTP server's code and words."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    moment: datetime
    result: Literal["sent", "deferred", "failed"]
    code: int | None
    words: str


class ResendOut(BaseModel):
    """Who sent the message again by hand, and after which attempt."""

    model_config = ConfigDict(from_attributes=True)

    after_attempt: int
    moment: datetime
    subject: str


class MessageWithHistoryOut(MessageOut):
    """A message with its history, and what it said when it was last claimed. `accepted`: the addresses that have it."""

    accepted: list[str]
    figures: Figures | None
    history: list[AttemptOut]
    resends: list[ResendOut]
