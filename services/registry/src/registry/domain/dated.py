"""What is there from a day on, in one state after another, until it is closed: a unit or a post of an agency."""

from datetime import date
from typing import TypeVar

from common.fields import FIRST_DAY
from common.refused import Refused
from registry.domain.history import History, next_change, put_until_next
from registry.domain.lines import earlier

T = TypeVar("T")

MOST_SPANS = 500
"""How many states something may have had: an event holds them all."""

EVER = FIRST_DAY
"""From when something is there whose beginning nobody has told: as long as anybody remembers."""


def lives(begins: date, closed: date | None, start: date, end: date | None) -> bool:
    """Whether what is there from `begins` until `closed` is there on all days from `start` until `end`."""
    return begins <= start and (closed is None or (end is not None and end <= closed))


def restated(
    states: History[T], closed_on: date | None, state: T, start: date, closed: str
) -> tuple[History[T], date | None]:
    """The history with another state from `start` until the next change on record, and when that ends.

    Raises Refused: the code `closed` from the day of closing on, `history-too-long`.
    """
    if closed_on is not None and closed_on <= start:
        raise Refused(closed, "valid_from")
    after = put_until_next(states, state, start)
    if len(after) > max(MOST_SPANS, len(states)):
        raise Refused("history-too-long", "valid_from", most=MOST_SPANS)
    return after, earlier(next_change(states, start), closed_on)
