"""What providers may be accredited for, and when.

Source: LAN accredits those who train civil servants. That each form of learning has periods of its own, which follow
each other, is how it is read here. A period ends the day before `valid_to`; None: it is open.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from common.refused import Refused


@dataclass(frozen=True, order=True)
class Accredited:
    """An accreditation: for which form, from when, and until the day before when."""

    form: str
    valid_from: date
    valid_to: date | None


def check_period(valid_from: date, valid_to: date | None) -> None:
    """Raises Refused `dates-reversed` for a period that has no day."""
    if valid_to is not None and valid_to <= valid_from:
        raise Refused("dates-reversed", field="valid_to")


def check_apart(accredited: Iterable[Accredited]) -> None:
    """Raises Refused `periods-overlap` when two accreditations for one form are valid on the same day."""
    for earlier, later in pairwise(sorted(accredited, key=lambda part: (part.form, part.valid_from))):
        if earlier.form == later.form and (earlier.valid_to is None or earlier.valid_to > later.valid_from):
            raise Refused("periods-overlap", field="accreditations")
