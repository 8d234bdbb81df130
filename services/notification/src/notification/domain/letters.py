"""Whom a letter to a person goes to, and whether it is still sent.

That nobody is written to at an address they have not shown to be theirs, and that a letter waits for one while it has a
meaning, is ours: no regulation seen says it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.zone import ZONES
from notification.domain.delivery import LastLook
from notification.domain.pics import Addressee


def person_now(
    before: Addressee | None, contact: Mapping[str, Any] | None, check_id: str | None, *, in_doubt: bool
) -> Addressee | None:
    """Whom a letter is for that was for `before`; None while there is no address for it.

    `check_id` is that of a letter that checks an address: it goes there and nowhere else. A letter that somebody may
    have stays what it was, as long as it goes to the same address.
    """
    if contact is None:
        return None
    email = contact["email"]
    if check_id is not None:
        email = contact["check_email"] if contact["check_id"] == check_id else None
    if email is None:
        return None
    if before and in_doubt and before.recipient.lower() == email.lower():
        return before
    return Addressee(None, email, (), contact["language"], ZONES[contact["zone"]].key)


def look_at_letter(
    addressee: Addressee | None, *, expires_at: datetime, now: datetime, waits_for: str, is_check: bool
) -> LastLook:
    """Whether a letter that is due is sent, waits for an address (`waits_for`), or has lost its meaning."""
    if expires_at <= now:
        return LastLook("skipped", "expired")
    if addressee is not None:
        return LastLook("queued")
    return LastLook("skipped", "superseded") if is_check else LastLook("waiting", waits_for)
