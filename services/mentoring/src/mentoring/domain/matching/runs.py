"""One match from beginning to end."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mentoring.domain.matching.limits import Mentors
from mentoring.domain.matching.pairs import Case, Match, Pairs, joined, pairs_of, shuffled
from mentoring.domain.matching.stable import stable
from mentoring.domain.matching.total import best, bound_on_loss

ALL_PAIRS = 12_000_000
"""How many pairs are looked at whole; above, each mentee has a list of the best."""
LISTED = 60
"""How long such a list is at first, and how many pairs it grows by each time."""
TIMES = 4
"""How often such lists are matched at most: each time with the pairs that are worth most at the prices of the time before."""


@dataclass(frozen=True)
class Run:
    """A match, with what it was made of."""

    case: Case
    mentors: Mentors
    match: Match
    listed: int | None = None
    """How many pairs of each mentee are looked at, where not all are."""
    looked_at: Pairs | None = None
    loss: tuple[int, int] = (0, 0)
    """How many mentees or points more there could be at most."""

    @cached_property
    def pairs(self) -> Pairs:
        """The pairs it was made of; where only the match was kept, those of them that are worth most at its prices."""
        return self.looked_at or pairs_of(self.case, self.mentors, self.listed, self.match)

    @property
    def scores(self) -> list[int]:
        """What each mentee scores with their mentor; 0 for who has none."""
        found = np.zeros(len(self.case.mentees), dtype=np.int64)
        chosen = np.flatnonzero(self.pairs.mentor == self.match.mentor[self.pairs.mentee])
        found[self.pairs.mentee[chosen]] = self.pairs.score[chosen]
        return found.tolist()


def run(case: Case, seed: int, listed: int | None = None) -> Run:
    """Matches people whose ties go by a seed. `listed` is for lists of another length, or of small matches."""
    return matched(shuffled(case, seed), listed)


def matched(case: Case, listed: int | None = None) -> Run:
    """Matches by the way of the rules."""
    mentors = Mentors(case.mentors)
    listed = listed or listed_of(case)
    pairs = pairs_of(case, mentors, listed)
    if case.rules.way == "stable":
        return Run(case, mentors, stable(case, mentors, pairs), listed, pairs)
    match, loss = best(case, mentors, pairs), (0, 0)
    for left in reversed(range(TIMES if pairs.left_out else 0)):
        dearest = pairs_of(case, mentors, listed, match)
        loss = bound_on_loss(case, mentors, match, dearest.worth)
        if loss == (0, 0) or not left:
            break
        pairs = joined(pairs, dearest)
        match = best(case, mentors, pairs)
    return Run(case, mentors, match, listed, pairs, loss)


def listed_of(case: Case) -> int | None:
    """How long the lists of the best are in a match of this size; None where all pairs are looked at."""
    return LISTED if len(case.mentees) * len(case.mentors) > ALL_PAIRS else None
