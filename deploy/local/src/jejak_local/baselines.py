"""Two matches that somebody could make without a flow, to hold ours against."""

from collections.abc import Sequence

import numpy as np

from mentoring.domain.matching.limits import Mentors
from mentoring.domain.matching.pairs import NOBODY, Case, Match, Pairs


def greedy(case: Case, mentors: Mentors, pairs: Pairs) -> Match:
    """The pair with the highest score first, then the next of those who are left."""
    return _taken(case, mentors, pairs, np.argsort(-pairs.score, kind="stable"))


def first_come(case: Case, mentors: Mentors, pairs: Pairs, came: Sequence[int]) -> Match:
    """Mentees as they came, by their numbers: each has the best mentor who has a seat left."""
    turn = np.empty(len(came), dtype=np.int64)
    turn[list(came)] = np.arange(len(came))
    return _taken(case, mentors, pairs, np.lexsort((-pairs.score, turn[pairs.mentee])))


def _taken(case: Case, mentors: Mentors, pairs: Pairs, order: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> Match:
    """What comes of taking pairs in an order, wherever both are still free."""
    mentor = np.full(len(case.mentees), NOBODY, dtype=np.int32)
    seats = mentors.seats.tolist()
    mentee_of, mentor_of, score_of = pairs.mentee.tolist(), pairs.mentor.tolist(), pairs.score.tolist()
    total = 0
    for number in order.tolist():
        mentee, at = mentee_of[number], mentor_of[number]
        if mentor[mentee] == NOBODY and seats[at]:
            mentor[mentee] = at
            seats[at] -= 1
            total += score_of[number]
    return Match(mentor, total)
