"""What a pair scores: named parts that add up, each from 0 to what it weighs in the programme.

A part is worked out for one mentee and all mentors at once. Whatever no part takes cannot count: see `people`.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from mentoring.domain.matching.limits import Mentors
from mentoring.domain.matching.people import CLOCKS, Mentee, Mentor
from mentoring.domain.programmes import Rules

WHOLE = 10_000
"""What a pair would score that is best in every part."""
Shares = NDArray[np.float64]
"""From 0 to 1, by mentor."""


def _complement(gaps: Mapping[str, int], levels: Mapping[str, int], mentors: Mentors) -> Shares:
    """How much of these gaps each mentor's level covers, on average."""
    covered = np.zeros(len(mentors), dtype=np.float64)
    for competency, wanted in gaps.items():
        covered += _covered(competency, levels.get(competency, 0), wanted, mentors)
    return covered / len(gaps) if gaps else covered


def _covered(competency: str, own: int, wanted: int, mentors: Mentors) -> Shares:
    def work() -> Shares:
        return np.clip(mentors.levels(competency) - own, 0, wanted - own) / (wanted - own)

    return mentors.once(("covered", competency, own, wanted), work)


def _competency(mentee: Mentee, mentors: Mentors) -> Shares:
    """The mentor is strong where the mentee is not, by the levels of both."""
    return _complement({name: 5 for name, level in mentee.levels.items() if level <= 3}, mentee.levels, mentors)


def _goals(mentee: Mentee, mentors: Mentors) -> Shares:
    """The mentor has the levels that the mentee would reach."""
    gaps = {name: wanted for name, wanted in mentee.goals.items() if wanted > mentee.levels.get(name, 0)}
    return _complement(gaps, mentee.levels, mentors)


def _family(mentee: Mentee, mentors: Mentors) -> Shares:
    """Both have positions of one family."""
    return mentors.once(
        ("family", mentee.family), lambda: mentors.having([mentee.family], mentors.of_family).astype(np.float64)
    )


def _place(mentee: Mentee, mentors: Mentors) -> Shares:
    """Both are in one region; half of it for one clock."""

    def work() -> Shares:
        near = (mentors.hours == CLOCKS[mentee.zone]).astype(np.float64) / 2
        if mentee.region:
            near[mentors.having([mentee.region], mentors.in_region)] = 1
        return near

    return mentors.once(("place", mentee.zone, mentee.region), work)


def _availability(mentee: Mentee, mentors: Mentors) -> Shares:
    """They have half days in common, of those that the mentee has; half where one of them has stated none."""
    shared = np.full(len(mentors), 0.5)
    if mentee.free:
        common = np.zeros(len(mentors))
        for each in mentee.free:
            common += mentors.having([each], mentors.free)
        shared = np.where(mentors.stating_free, common / len(mentee.free), shared)
    return shared


def _load(mentee: Mentee, mentors: Mentors) -> Shares:
    """The mentor has few others already."""
    del mentee
    return 1 / (1 + mentors.load)


def _wishes(mentee: Mentee, mentors: Mentors) -> Shares:
    """They would like each other: half for the wish of each, less for a later one."""
    wished = np.zeros(len(mentors), dtype=np.float64)
    pairs = [(each, number) for number, each in enumerate(mentee.wishes)]
    for mentor_id, number in [*pairs, *mentors.wishing.get(mentee.id, ())]:
        if mentor_id in mentors.at:
            wished[mentors.at[mentor_id]] += 0.5 - number / 10
    return wished


PARTS: Mapping[str, Callable[[Mentee, Mentors], Shares]] = {
    "competency": _competency,
    "family": _family,
    "goals": _goals,
    "place": _place,
    "availability": _availability,
    "load": _load,
    "wishes": _wishes,
}
"""By name, as the weights of a programme name them."""


def parts(mentee: Mentee, mentors: Mentors, rules: Rules) -> dict[str, NDArray[np.int64]]:
    """The points of each part, by mentor: whole numbers, so that they add up."""
    heavy = sum(rules.weights.values())
    return {
        name: np.rint(share(mentee, mentors) * (WHOLE * rules.weights[name] / heavy)).astype(np.int64)
        for name, share in PARTS.items()
        if rules.weights[name]
    }


def scores(mentee: Mentee, mentors: Mentors, rules: Rules) -> NDArray[np.int64]:
    """What a mentee scores with each mentor: the sum of the parts."""
    return sum(parts(mentee, mentors, rules).values(), np.zeros(len(mentors), dtype=np.int64))


def parts_of(mentee: Mentee, mentor: Mentor, rules: Rules) -> dict[str, int]:
    """The points of each part for one pair."""
    return {name: int(points[0]) for name, points in parts(mentee, Mentors([mentor]), rules).items()}
