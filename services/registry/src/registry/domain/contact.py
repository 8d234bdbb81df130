"""How somebody is written to: an address counts once they have shown that it is theirs.

That an address is checked by a link, and that the one checked before is written to meanwhile, is ours: no regulation seen
says it. Digit 15 of a NIP tells the sex (`contracts.nip`).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from contracts.addresses import read_address
from contracts.sex import Sex
from contracts.zone import Zone
from registry.domain.agency import Language


@dataclass(frozen=True, slots=True)
class Check:
    """An address that a link was sent to, good until a moment; `token` is what the link carries."""

    id: UUID
    email: str
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person is written to. `sex` is set only where the NIP tells it wrongly; version 0: nobody has said anything."""

    person_id: UUID
    email: str | None = None
    checked_at: datetime | None = None
    check: Check | None = None
    language: Language = "id"
    zone: Zone = "WIB"
    sex: Sex | None = None
    version: int = 0


def address_key(email: str) -> str:
    """The same for two spellings of one address."""
    return read_address(email).ascii.lower()


def awaits_check(contact: Contact, email: str, now: datetime) -> bool:
    """Whether an address still has to be shown to be the person's, and no link to it is good at the moment."""
    if contact.email is not None and address_key(contact.email) == address_key(email):
        return False
    check = contact.check
    return check is None or address_key(check.email) != address_key(email) or check.expires_at <= now


def addressed(contact: Contact, email: str | None) -> Contact:
    """The contact with an address that needs no new check: none at all, the one checked, or the one being checked."""
    if email is None:
        return replace(contact, email=None, checked_at=None, check=None)
    if contact.email is not None and address_key(contact.email) == address_key(email):
        return replace(contact, email=email, check=None)
    return contact


def checked(contact: Contact, check: Check, now: datetime) -> Contact:
    """The contact once the link to an address was followed."""
    return replace(contact, email=check.email, checked_at=now, check=None)


def sex_of(corrected: Sex | None, *, male: bool) -> Sex:
    """What was corrected, or what the NIP tells."""
    return corrected or ("male" if male else "female")
