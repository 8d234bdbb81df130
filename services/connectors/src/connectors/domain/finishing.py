"""What follows from all that a platform has said of one user and one course, in whatever order it has come.

What is said to be finished on one day (in Jakarta) is one completion, however often it is said; on another day it is another, so a
course that is taken anew every year counts anew. It is disputed when every word for it was voided, or when the platform
says after it, and before any later one, that the course is not finished: failed, or the certificate revoked.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Literal

from connectors.domain.completions import Says

Dispute = Literal["voided", "failed", "revoked"]


@dataclass(frozen=True)
class Word:
    """What a platform said at a moment, on the day that it was in Jakarta."""

    says: Says
    at: datetime
    day: date
    voided: bool


@dataclass(frozen=True)
class Completion:
    """A course finished on a day, first said of that moment, and why that is disputed if it is."""

    day: date
    at: datetime
    dispute: Dispute | None


def completions(words: Iterable[Word]) -> list[Completion]:
    """What was finished, in the order of its days."""
    finished: defaultdict[date, list[Word]] = defaultdict(list)
    undone: list[Word] = []
    for word in words:
        if word.says == "finished":
            finished[word.day].append(word)
        elif not word.voided:
            undone.append(word)
    found: list[Completion] = []
    for day, later in pairwise([*sorted(finished), date.max]):
        said = finished[day]
        good = [each.at for each in said if not each.voided]
        until = min((each.at for each in finished.get(later, ())), default=None)
        against = [each for each in undone if good and each.at >= max(good) and (until is None or each.at < until)]
        dispute: Dispute | None = None if good else "voided"
        if against and against[0].says != "finished":
            last = min(against, key=lambda each: (each.at, each.says))
            dispute = "failed" if last.says == "failed" else "revoked"
        found.append(Completion(day, min(each.at for each in said), dispute))
    return found
