"""Contacts as sent and answered."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document
from contracts.nip import WrittenNip
from contracts.sex import Sex
from contracts.zone import Zone
from registry.domain.agency import Language
from registry.fields import Email


class ContactIn(Document):
    """How somebody is written to; what is left out stays as it is.

    A new `email` counts once the link that is sent to it was followed; the one before is written to until then. Null
    takes both away. `sex` is null where the NIP tells it rightly.
    """

    email: Email | None = None
    language: Language = "id"
    zone: Zone = "WIB"
    sex: Sex | None = None


class ContactLine(ContactIn):
    """The contact of a person, named by id or by NIP."""

    person_id: UUID | None = None
    nip: WrittenNip | None = None


class TokenIn(Document):
    """What the link in a mail carries as `token`."""

    token: str = Field(min_length=1, max_length=2000, pattern=r"^[A-Za-z0-9_.-]+$")


class CheckOut(BaseModel):
    """An address that a link was sent to; the link is good until `expires_at`."""

    email: str
    expires_at: datetime


class ContactOut(BaseModel):
    """How somebody is written to; version 0 while nobody has said anything. `check` is the address to come."""

    person_id: UUID
    email: str | None
    checked_at: datetime | None
    check: CheckOut | None
    language: Language
    zone: Zone
    sex: Sex
    sex_corrected: bool
    version: int
