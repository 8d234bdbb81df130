"""When a digest becomes mails, and what is told of its people.

Source: LAN's Sounding Bangkom tells an agency whose people are short of hours. When and in how many mails is ours:
no regulation seen says it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from notification.domain.pics import Addressee

Kind = Literal["sweep", "reopened"]

THOUSANDTH = Decimal("0.001")


class Decision(NamedTuple):
    """What becomes of a digest: it has mails (`ready`), waits for somebody to write to, or has nothing to say (`met`)."""

    state: Literal["ready", "waiting", "met"]
    reason: Literal["no-pic", "agency-inactive"] | None = None


def decide(short: int, named: Sequence[Addressee], *, active: bool) -> Decision:
    """What becomes of a digest that is complete: `short` of its people still are, its agency names these PICs."""
    if not short:
        return Decision("met")
    if not active:
        return Decision("waiting", "agency-inactive")
    return Decision("ready") if named else Decision("waiting", "no-pic")


def due_at(kind: Kind, now: datetime, gathering: timedelta) -> datetime:
    """When the mails of a digest go out: what a sweep found at once, what was reopened after others could join it."""
    return now if kind == "sweep" else now + gathering


def share(part: int, whole: int) -> Decimal:
    """A part of a whole as it is told: from 0 to 1 in thousandths, half up; only none is 0 and only all is 1."""
    if part in (0, whole):
        return Decimal(part == whole)
    told = (Decimal(part) / whole).quantize(THOUSANDTH, ROUND_HALF_UP)
    return min(max(told, THOUSANDTH), 1 - THOUSANDTH)
