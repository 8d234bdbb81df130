"""What a try to deliver a message means: delivered, again later, given up, or its receiver is gone.

Source: the specification of Standard Webhooks, "Operational considerations": 2xx is success, 3xx is none, 410 ends the
subscription, 429, 502 and 504 ask for less, Retry-After is heeded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal
from uuid import UUID

from common.waits import wait

SECOND, MINUTE, HOUR = 1.0, 60.0, 3600.0
WAITS = (5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
"""Seconds to wait after the first, second, ... try, as the standard proposes them."""
GONE = 410
BUSY = (429, 502, 503, 504)
PAUSE = timedelta(minutes=1)
"""For how long nothing goes to whoever asks for less and does not say until when."""
LONGEST_PAUSE = timedelta(hours=24)
Fault = Literal["status", "redirect", "inside", "unknown-host", "timeout", "connection"]


@dataclass(frozen=True)
class Tried:
    """How a try ended: the status that was answered, or else what went wrong; until when the receiver wants nothing, and where its answer
    goes on (`Link` with `next`, RFC 8288).
    """

    status: int | None
    fault: Fault | None
    retry_after: str | None = None
    following: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What a try means for the delivery, and for the subscription: why it ends, or until when it pauses."""

    state: Literal["delivered", "waiting", "failed"]
    due_at: datetime | None
    ends: Literal["gone", "unanswered"] | None = None
    paused_until: datetime | None = None


def judge(delivery_id: UUID, tried: Tried, tries: int, now: datetime, waits: Sequence[float]) -> Verdict:
    """What the last of so many tries means."""
    if tried.fault is None:
        return Verdict("delivered", None)
    if tried.status == GONE:
        return Verdict("failed", None, ends="gone")
    if tries > len(waits):
        return Verdict("failed", None, ends="unanswered")
    paused = _pause(tried.retry_after, now) if tried.status in BUSY else None
    due = now + wait(delivery_id, tries - 1, waits)
    return Verdict("waiting", max(due, paused) if paused else due, paused_until=paused)


def fault_of(status: int) -> Fault | None:
    """What is wrong with an answer of this status."""
    if 200 <= status < 300:
        return None
    return "redirect" if 300 <= status < 400 else "status"


def _pause(retry_after: str | None, now: datetime) -> datetime:
    """Until when whoever asks for less is left alone (RFC 9110, 10.2.3: seconds, or a date)."""
    told = (retry_after or "").strip()
    if told.isascii() and told.isdecimal() and len(told) <= 9:
        asked = now + timedelta(seconds=int(told))
    else:
        try:
            asked = parsedate_to_datetime(told)
        except ValueError:
            asked = now + PAUSE
        if asked.tzinfo is None:
            asked = asked.replace(tzinfo=UTC)
    return min(max(asked, now), now + LONGEST_PAUSE)
