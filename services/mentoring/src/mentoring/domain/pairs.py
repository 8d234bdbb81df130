"""Pairs: what may become of a mentor and a mentee who were matched.

A draft is seen by the desk alone. Offered, both have 72 hours to say yes; then they are a pair until it ends.
One that the desk had changed stays, `replaced`, when drafts are made anew: the log of the changes is the only word of why.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal, get_args

State = Literal["draft", "replaced", "offered", "active", "declined", "lapsed", "ended", "completed"]
STATES: tuple[State, ...] = get_args(State)
PROMISED: tuple[State, ...] = ("offered", "active")
"""Those that both people know of."""
HAD: tuple[State, ...] = (*PROMISED, "completed")
"""Those whose mentee has, or has had to the end, a mentor."""
LIVE: tuple[State, ...] = ("draft", *PROMISED)
"""A mentee has one of these at most in a programme, and each takes a seat of the mentor."""

LEAST = 10
"""A group of fewer applicants, or with fewer of them matched or not, is not told of: the house's number for all reports."""
TO_ANSWER = timedelta(hours=72)
"""How long both have to accept: no regulation says it; mentoring programmes ask for three days."""


def last_day(begins_on: date, months: int) -> date:
    """The last day of so many months from a day on; of a day that a month lacks, its last one stands for it."""
    year, month = divmod(begins_on.year * 12 + begins_on.month - 1 + months, 12)
    day = min(begins_on.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)
