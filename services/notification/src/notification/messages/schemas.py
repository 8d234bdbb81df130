"""Messages as the API shows them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from notification.digests.figures import Figures

MessageState = Literal["queued", "waiting", "sent", "failed", "skipped"]


class MessageOut(BaseModel):
    """A mail to the PIC of an agency or to a person: a digest of a round, or a letter of a `template`, sent for `why`.

    `reason`: `refused`, `gave-up` or `no-pic` when it failed; `all-met`, `expired` or, of a mail that checks an address,
    `superseded` when it was skipped; `no-address` or `no-pic` while it waits, until `expires_at`. Until its recipient has
    it, it goes to whoever is PIC, or to the person's checked address, when it is sent; `recipient` is whom it was for last.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    template: str
    template_version: int
    why: str
    person_id: UUID | None
    round_id: UUID | None
    agency_id: UUID | None
    rank: Literal["main", "deputy"] | None
    recipient: str | None
    cc: list[str]
    language: Literal["id", "en"] | None
    state: MessageState
    reason: str | None
    due_at: datetime
    expires_at: datetime | None
    attempts: int
    created_at: datetime
    settled_at: datetime | None


class UnreachedOut(BaseModel):
    """A letter that waits until its person has a checked address; no address is shown."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    person_id: UUID
    template: str
    created_at: datetime
    expires_at: datetime


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
    """A message with its history, and what a digest said when it was last claimed, for who sees its people. `accepted`: the addresses that have it."""

    accepted: list[str]
    figures: Figures | None
    history: list[AttemptOut]
    resends: list[ResendOut]
