"""The pairs that may be, with what they score: all of them, or of each mentee those that are worth most."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mentoring.domain.matching.limits import Mentors, allowed
from mentoring.domain.matching.people import Mentee, Mentor
from mentoring.domain.matching.scores import PARTS, WHOLE, scores
from mentoring.domain.programmes import Rules

Numbers = NDArray[np.int64]
MOST = WHOLE + len(PARTS)
"""No pair scores more: each part is rounded for itself."""
NOBODY = -1
NOTHING = -(2**62)


@dataclass(frozen=True)
class Case:
    """Who is to be matched, by which rules. Ties go by the order of the two lists; `shuffled` makes one from a seed."""

    mentees: Sequence[Mentee]
    mentors: Sequence[Mentor]
    rules: Rules

    def is_first(self, mentee: Mentee) -> bool:
        """Whether a mentee gets a seat before all others."""
        return mentee.jenjang in self.rules.first_jenjang


@dataclass(frozen=True)
class Pairs:
    """Those of mentee number n are at `starts[n]` to `starts[n + 1]`; each has a mentor, by number, and a score."""

    starts: Numbers
    mentor: NDArray[np.int32]
    score: NDArray[np.int32]
    left_out: int
    """Pairs that may be and are not here."""
    worth: Numbers
    """By mentee: what the best of all their pairs is worth, also of those left out; `NOTHING` for who may have nobody."""

    @property
    def mentee(self) -> NDArray[np.int32]:
        """The mentee of each pair, by number."""
        return np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))


@dataclass(frozen=True)
class Match:
    """The mentor of each mentee by number, `NOBODY` for none."""

    mentor: NDArray[np.int32]
    total: int
    """The scores of all pairs together."""


@dataclass(frozen=True)
class Priced(Match):
    """A best match, and what one mentee more with a mentor would cost: points that others would lose."""

    prices: Numbers
    """By mentor; 0 where a seat is free."""


def shuffled(case: Case, seed: int) -> Case:
    """The same people in an order that follows from their ids and the seed alone."""
    chance = np.random.default_rng(seed)
    mentees = sorted(case.mentees, key=lambda mentee: mentee.id)
    mentors = sorted(case.mentors, key=lambda mentor: mentor.id)
    orders: list[list[int]] = [chance.permutation(len(each)).tolist() for each in (mentees, mentors)]
    return Case([mentees[n] for n in orders[0]], [mentors[n] for n in orders[1]], case.rules)


def pairs_of(case: Case, mentors: Mentors, most: int | None = None, match: Match | None = None) -> Pairs:
    """The pairs that break no limit; of each mentee the `most` that are worth most, where a number is given.

    What a pair is worth is its score, less the price that its mentor has in `match`; whoever has a mentor there keeps the pair.
    """
    prices = match.prices if isinstance(match, Priced) else np.zeros(len(mentors), dtype=np.int64)
    starts = np.zeros(len(case.mentees) + 1, dtype=np.int64)
    worth = np.full(len(case.mentees), NOTHING, dtype=np.int64)
    found: list[NDArray[np.int32]] = []
    points: list[NDArray[np.int32]] = []
    left_out = 0
    for number, mentee in enumerate(case.mentees):
        may: Numbers = np.flatnonzero(allowed(mentee, mentors, case.rules) & (mentors.seats > 0))
        scored = scores(mentee, mentors, case.rules)[may]
        worths = scored - prices[may]
        worth[number] = worths.max(initial=NOTHING)
        if most is not None and len(may) > most:
            if match is not None:
                worths[may == match.mentor[number]] = -NOTHING
            best = np.sort(np.argsort(-worths, kind="stable")[:most])
            left_out += len(may) - most
            may, scored = may[best], scored[best]
        starts[number + 1] = starts[number] + len(may)
        found.append(may.astype(np.int32))
        points.append(scored.astype(np.int32))
    nothing = np.zeros(0, dtype=np.int32)
    return Pairs(starts, np.concatenate([nothing, *found]), np.concatenate([nothing, *points]), left_out, worth)


def joined(one: Pairs, other: Pairs) -> Pairs:
    """The pairs of two lists of the same people; worth what the second says."""
    names = np.concatenate([_names(one), _names(other)])
    _, first = np.unique(names, return_index=True)
    mentee = np.concatenate([one.mentee, other.mentee])[first]
    starts = np.searchsorted(mentee, np.arange(len(one.starts)))
    mentor, score = (np.concatenate(both)[first] for both in ((one.mentor, other.mentor), (one.score, other.score)))
    return Pairs(starts, mentor, score, one.left_out + len(one.mentor) - len(mentor), other.worth)


def _names(pairs: Pairs) -> Numbers:
    """A number for each pair, in the order of mentees and then of mentors."""
    return (pairs.mentee.astype(np.int64) << 32) + pairs.mentor


def match_of(case: Case, pairs: Pairs, chosen: NDArray[np.int64]) -> Match:
    """The match that consists of these pairs, by their numbers."""
    mentor = np.full(len(case.mentees), NOBODY, dtype=np.int32)
    mentor[pairs.mentee[chosen]] = pairs.mentor[chosen]
    return Match(mentor, int(pairs.score[chosen].sum()))
