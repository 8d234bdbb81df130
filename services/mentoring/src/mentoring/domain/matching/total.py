"""The best match of all at once: as many mentees as can be, the first ones before others, and then the highest total.

A flow: each mentee sends one unit to a mentor, or past them at a price so high that no total makes up for it; each mentor
lets through as many as there are seats. Those who can be matched together form a matroid, so that a double price for the
first ones gives as many of them as possible and costs no other mentee a seat that could be filled.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# (OR-tools ships no complete types)

from typing import Any

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from mentoring.domain.matching.limits import Mentors
from mentoring.domain.matching.pairs import MOST, NOBODY, Case, Match, Numbers, Pairs, Priced, match_of

FAR = np.int64(2**62)
"""Further than any way through the flow costs."""


def best(case: Case, mentors: Mentors, pairs: Pairs) -> Priced:
    """The best match of these pairs."""
    count, seats = len(case.mentees), len(mentors)
    sink = count + seats
    flow: Any = SimpleMinCostFlow()
    every = np.arange(count, dtype=np.int32)
    ones = np.ones(len(pairs.mentor), dtype=np.int64)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(pairs.mentee, count + pairs.mentor, ones, costs_of(pairs))
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(count, sink, dtype=np.int32),
        np.full(seats, sink, dtype=np.int32),
        mentors.seats,
        np.zeros(seats, dtype=np.int64),
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        every, np.full(count, sink, dtype=np.int32), np.ones(count, dtype=np.int64), passing(case)
    )
    flow.set_nodes_supplies(np.append(every, sink), np.append(np.ones(count, dtype=np.int64), -count))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"no flow was found: {status}")
    match = match_of(case, pairs, np.flatnonzero(flow.flows(arcs)))
    taken = np.bincount(match.mentor[match.mentor != NOBODY], minlength=seats)
    prices = Ways(case, pairs, match).to(np.where(taken < mentors.seats, np.int64(0), FAR))
    return Priced(match.mentor, match.total, prices)


def costs_of(pairs: Pairs) -> Numbers:
    """What each pair costs in the flow: the less, the more it scores."""
    return MOST - pairs.score.astype(np.int64)


def passing(case: Case) -> Numbers:
    """What it costs to leave each mentee without a mentor: more than all pairs together could make up for."""
    first = np.array([case.is_first(mentee) for mentee in case.mentees], dtype=np.int64)
    return MOST + weight_of_a_mentee(case) * (1 + first)


def weight_of_a_mentee(case: Case) -> int:
    """More points than all pairs together can have."""
    return MOST * (len(case.mentees) + 1)


class Ways:
    """The ways from mentor to mentor in the residual graph of a match.

    A way leads on where one who is matched moves to another mentor, or is left without one: it is how room is made.
    """

    def __init__(self, case: Case, pairs: Pairs, match: Match) -> None:
        mentors = len(case.mentors)
        costs, mentee = costs_of(pairs), pairs.mentee
        held = match.mentor[mentee]
        chosen = np.flatnonzero(pairs.mentor == held)
        own = np.zeros(len(case.mentees), dtype=np.int64)
        own[mentee[chosen]] = costs[chosen]
        moves = np.flatnonzero(held != NOBODY)
        # Numbers of two bytes are sorted ten times as fast.
        by = pairs.mentor[moves].astype(np.uint16 if mentors < 2**16 else np.int32)
        moves = moves[np.argsort(by, kind="stable")]
        self._costs = costs[moves] - own[mentee[moves]]
        self._from = held[moves]
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(pairs.mentor[moves], minlength=mentors))])
        self._leaving: Numbers = np.full(mentors, FAR, dtype=np.int64)
        matched = np.flatnonzero(match.mentor != NOBODY)
        np.minimum.at(self._leaving, match.mentor[matched], passing(case)[matched] - own[matched])

    def to(self, ends: Numbers, *, passing_by: bool = True) -> Numbers:
        """What the cheapest way costs from each mentor to one where it ends, at what `ends` says.

        Bellman and Ford, but only what leads to a mentor from whom the way has become shorter is looked at again. With
        `passing_by` a way may also end where somebody is left without a mentor.
        """
        ways = np.minimum(ends, self._leaving) if passing_by else ends.copy()
        nearer = np.flatnonzero(ways < FAR)
        while len(nearer):
            lengths = self._starts[nearer + 1] - self._starts[nearer]
            ahead = np.cumsum(lengths) - lengths
            moves = np.repeat(self._starts[nearer] - ahead, lengths) + np.arange(lengths.sum())
            shorter = ways.copy()
            np.minimum.at(shorter, self._from[moves], self._costs[moves] + np.repeat(ways[nearer], lengths))
            nearer = np.flatnonzero(shorter < ways)
            ways = shorter
        return ways


def bound_on_loss(case: Case, mentors: Mentors, match: Priced, worth: Numbers) -> tuple[int, int]:
    """How many mentees more, or else how many points more, a match of all pairs could have at most.

    For a match of some of the pairs. It is what linear programming says of its prices: whatever pair is chosen, a mentee
    brings no more than what their best pair of all is worth at these (`worth`). Where that is (0, 0), no pair is missed.
    """
    leaving = passing(case)
    least = int(np.minimum(leaving, MOST - worth).sum()) - int((mentors.seats * match.prices).sum())
    without = match.mentor == NOBODY
    cost = int(leaving[without].sum()) + MOST * int((~without).sum()) - match.total
    return divmod(cost - least, weight_of_a_mentee(case))
