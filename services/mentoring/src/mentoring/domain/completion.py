"""What is told of a pair's sessions of a calendar year, and when: for their hours, year by year."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Literal

from mentoring.domain.pairs import State

Completed = Literal["ended", "left", "year-end"]
Corrected = Literal["late-confirmation", "cancellation", "correction"]


def last_year_due(today: date) -> int:
    """The last year that is told also of pairs that go on: this one on its last day, else the one before.

    The duty of hours is of a calendar year (PP 11/2017 Pasal 203 ayat (4)).
    """
    return today.year if (today.month, today.day) == (12, 31) else today.year - 1


def is_due(year: int, today: date, pair: State) -> bool:
    """Whether a year of a pair is told: whatever year it is once the pair is over."""
    return pair != "active" or year <= last_year_due(today)


def why_completed(pair: State) -> Completed:
    """Why a year is told for the first time, by the state of the pair."""
    return "year-end" if pair == "active" else "ended" if pair == "completed" else "left"


def why_corrected(before: Sequence[date], now: Sequence[date]) -> Corrected:
    """Why a year that was told is told anew, by the days of its sessions before and now."""
    was, is_ = Counter(before), Counter(now)
    if was <= is_:
        return "late-confirmation"
    return "cancellation" if is_ <= was else "correction"
