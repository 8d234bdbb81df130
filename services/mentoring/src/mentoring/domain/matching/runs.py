"""One match from beginning to end."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mentoring.domain.matching.limits import Mentors
from mentoring.domain.matching.pairs import Case, Match, Pairs, pairs_of, shuffled
from mentoring.domain.matching.stable import stable
from mentoring.domain.matching.total import Priced, best, bound_on_loss

ALL_PAIRS = 12_000_000
"""How many pairs are looked at whole; above, each mentee has a list of the best."""
LISTED = 60
"""How long such a list is. Where seats are scarce it loses mentees (ADR 0020)."""


@dataclass(frozen=True)
class Run:
    """A match, with what it was made of."""

    case: Case
    mentors: Mentors
    match: Match
    listed: int | None = None
    """How many pairs of each mentee were looked at, where not all were."""

    looked_at: Pairs | None = None

    @cached_property
    def pairs(self) -> Pairs:
        """The pairs it was made of, worked out again where only the match was kept."""
        return self.looked_at or pairs_of(self.case, self.mentors, self.listed)

    @property
    def loss(self) -> tuple[int, int]:
        """How many mentees or points more there could be at most."""
        if self.pairs.left_out and isinstance(self.match, Priced):
            return bound_on_loss(self.case, self.mentors, self.match)
        return 0, 0

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
    match = best(case, mentors, pairs) if case.rules.way == "total" else stable(case, mentors, pairs)
    return Run(case, mentors, match, listed, pairs)


def listed_of(case: Case) -> int | None:
    """How long the lists of the best are in a match of this size; None where all pairs are looked at."""
    return LISTED if len(case.mentees) * len(case.mentors) > ALL_PAIRS else None
