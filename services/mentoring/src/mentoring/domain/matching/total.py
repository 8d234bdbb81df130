"""The best match of all at once: as many mentees as can be, the first ones before others, and then the highest total.

A flow: each mentee sends one unit to a mentor, or past them at a price so high that no total makes up for it; each mentor
lets through as many as there are seats. Those who can be matched together form a matroid, so that a double price for the
first ones gives as many of them as possible and costs no other mentee a seat that could be filled.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# (OR-tools ships no complete types)

from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from mentoring.domain.matching.limits import Mentors, allowed
from mentoring.domain.matching.pairs import MOST, NOBODY, Case, Match, Numbers, Pairs, match_of
from mentoring.domain.matching.scores import scores

FAR = np.int64(2**62)
"""Further than any way through the flow costs."""


@dataclass(frozen=True)
class Priced(Match):
    """A best match, and what one mentee more with a mentor would cost: points that others would lose."""

    prices: Numbers
    """By mentor; 0 where a seat is free."""


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
    ways = ways_to(case, pairs, match, np.where(taken < mentors.seats, np.int64(0), FAR))
    return Priced(match.mentor, match.total, ways)


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


def ways_to(case: Case, pairs: Pairs, match: Match, ends: Numbers, *, passing_by: bool = True) -> Numbers:
    """What the cheapest way costs from each mentor to one where it ends, at what `ends` says.

    A way leads on where one who is matched moves to another mentor, or (`passing_by`) is left without one: it is how room
    is made. These are the shortest ways of the residual graph, by Bellman and Ford.
    """
    costs = costs_of(pairs)
    leaving = passing(case)
    matched = np.flatnonzero(match.mentor != NOBODY)
    where = match.mentor[matched]
    own = costs[np.flatnonzero(pairs.mentor == match.mentor[pairs.mentee])]
    starts = pairs.starts[matched]
    lengths = pairs.starts[matched + 1] - starts
    inner = np.concatenate([[0], np.cumsum(lengths)])
    taken = np.repeat(starts - inner[:-1], lengths) + np.arange(inner[-1])
    costs, to = costs[taken], pairs.mentor[taken]
    ways = ends.copy()
    while len(matched):
        onward = np.minimum.reduceat(costs + ways[to], inner[:-1])
        if passing_by:
            onward = np.minimum(onward, leaving[matched])
        shorter = ways.copy()
        np.minimum.at(shorter, where, onward - own)
        if np.array_equal(shorter, ways):
            break
        ways = shorter
    return ways


def bound_on_loss(case: Case, mentors: Mentors, match: Priced) -> tuple[int, int]:
    """How many mentees more, or else how many points more, a match of all pairs could have at most.

    For a match of the best pairs of each mentee. It is what linear programming says of the prices: whatever pair is chosen,
    a mentee brings no more than their best pair does after its price.
    """
    leaving = passing(case)
    least = -int((mentors.seats * match.prices).sum())
    for number, mentee in enumerate(case.mentees):
        may = allowed(mentee, mentors, case.rules) & (mentors.seats > 0)
        through = (MOST - scores(mentee, mentors, case.rules) + match.prices)[may]
        least += min(int(leaving[number]), int(through.min(initial=int(leaving[number]))))
    without = match.mentor == NOBODY
    cost = int(leaving[without].sum()) + MOST * int((~without).sum()) - match.total
    return divmod(cost - least, weight_of_a_mentee(case))
