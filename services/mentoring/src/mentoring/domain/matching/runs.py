"""One match from beginning to end."""

from dataclasses import dataclass

from mentoring.domain.matching.limits import Mentors
from mentoring.domain.matching.pairs import Case, Match, Pairs, pairs_of, shuffled
from mentoring.domain.matching.stable import stable
from mentoring.domain.matching.total import Priced, best, bound_on_loss

ALL_PAIRS = 12_000_000
"""How many pairs are looked at whole; above, each mentee has a list of the best."""
LISTED = 60
"""How long such a list is."""


@dataclass(frozen=True)
class Run:
    """A match, with what it was made of; `loss` is how many mentees or points more there could be at most."""

    case: Case
    mentors: Mentors
    pairs: Pairs
    match: Match
    loss: tuple[int, int]


def run(case: Case, seed: int, listed: int | None = None) -> Run:
    """Matches people whose ties go by a seed. `listed` is for lists of another length, or of small matches."""
    return matched(shuffled(case, seed), listed)


def matched(case: Case, listed: int | None = None) -> Run:
    """Matches by the way of the rules."""
    mentors = Mentors(case.mentors)
    large = len(case.mentees) * len(case.mentors) > ALL_PAIRS
    pairs = pairs_of(case, mentors, listed or (LISTED if large else None))
    match = best(case, mentors, pairs) if case.rules.way == "total" else stable(case, mentors, pairs)
    loss = bound_on_loss(case, mentors, match) if pairs.left_out and isinstance(match, Priced) else (0, 0)
    return Run(case, mentors, pairs, match, loss)
