"""What no pair may break, whatever it scores: all of it here and nowhere else.

Each limit answers for one mentee and all mentors at once, so that millions of pairs are asked in seconds and one pair by
the same code. That a mentor has no more mentees than seats is the one limit that is not of a pair: `total` and `stable`
keep it.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mentoring.domain.ladder import JENJANG, distance
from mentoring.domain.matching.people import CLOCKS, Mentee, Mentor
from mentoring.domain.programmes import Rules

Mask = NDArray[np.bool_]
Column = TypeVar("Column", bound=np.generic)


class Mentors:
    """The mentors of a match, in order, by columns."""

    def __init__(self, mentors: Sequence[Mentor]) -> None:
        self.all = mentors
        self.at = {mentor.id: number for number, mentor in enumerate(mentors)}
        self.seats = np.array([mentor.seats for mentor in mentors], dtype=np.int64)
        self.load = np.array([mentor.load for mentor in mentors], dtype=np.int64)
        self.hours = np.array([CLOCKS[mentor.zone] for mentor in mentors], dtype=np.int64)
        self._levels: dict[str, NDArray[np.int64]] = {}
        self._once: dict[Hashable, NDArray[Any]] = {}

    def __len__(self) -> int:
        return len(self.all)

    def once(self, key: Hashable, work: Callable[[], NDArray[Column]]) -> NDArray[Column]:
        """A column that is the same for all mentees with this key: worked out for the first of them, and only read."""
        if key not in self._once:
            self._once[key] = work()
        return self._once[key]

    def having(self, words: Iterable[str], by: Mapping[str, Mask]) -> Mask:
        """Whoever has one of these words."""
        found = np.zeros(len(self), dtype=np.bool_)
        for word in words:
            if word in by:
                found |= by[word]
        return found

    def named(self, ids: Iterable[UUID]) -> Mask:
        """Those of these ids that are mentors here."""
        found = np.zeros(len(self), dtype=np.bool_)
        found[[self.at[each] for each in ids if each in self.at]] = True
        return found

    @cached_property
    def jenjang(self) -> NDArray[np.int64]:
        """The number of each one's jenjang in JENJANG."""
        return np.array([JENJANG.index(mentor.jenjang) for mentor in self.all], dtype=np.int64)

    @cached_property
    def speaking(self) -> Mapping[str, Mask]:
        return self._by(lambda mentor: mentor.languages)

    @cached_property
    def meeting(self) -> Mapping[str, Mask]:
        return self._by(lambda mentor: mentor.meets)

    @cached_property
    def free(self) -> Mapping[str, Mask]:
        return self._by(lambda mentor: mentor.free)

    @cached_property
    def in_region(self) -> Mapping[str, Mask]:
        return self._by(lambda mentor: [mentor.region] if mentor.region else [])

    @cached_property
    def in_agency(self) -> Mapping[str, Mask]:
        return self._by(lambda mentor: [str(mentor.agency_id)])

    @cached_property
    def of_family(self) -> Mapping[str, Mask]:
        return self._by(lambda mentor: [mentor.family])

    @cached_property
    def stating_free(self) -> Mask:
        return np.array([bool(mentor.free) for mentor in self.all], dtype=np.bool_)

    @cached_property
    def below(self) -> Mapping[UUID, list[UUID]]:
        """The mentors below somebody."""
        return _turned((mentor.id, mentor.above) for mentor in self.all)

    @cached_property
    def avoiding(self) -> Mapping[UUID, list[UUID]]:
        """The mentors who will not have somebody."""
        return _turned((mentor.id, mentor.avoids) for mentor in self.all)

    @cached_property
    def wishing(self) -> Mapping[UUID, list[tuple[UUID, int]]]:
        """The mentors who would like somebody, and as which of their wishes (from 0)."""
        found = defaultdict[UUID, list[tuple[UUID, int]]](list)
        for mentor in self.all:
            for number, wished in enumerate(mentor.wishes):
                found[wished].append((mentor.id, number))
        return found

    def levels(self, competency: str) -> NDArray[np.int64]:
        """How far each is in a competency; 0 where nobody has said so."""
        if competency not in self._levels:
            self._levels[competency] = np.array([each.levels.get(competency, 0) for each in self.all], dtype=np.int64)
        return self._levels[competency]

    def _by(self, words: Callable[[Mentor], Iterable[str]]) -> Mapping[str, Mask]:
        found: dict[str, Mask] = {}
        for number, mentor in enumerate(self.all):
            for word in words(mentor):
                found.setdefault(word, np.zeros(len(self), dtype=np.bool_))[number] = True
        return found


def _turned(pairs: Iterable[tuple[UUID, Iterable[UUID]]]) -> Mapping[UUID, list[UUID]]:
    found = defaultdict[UUID, list[UUID]](list)
    for one, others in pairs:
        for other in others:
            found[other].append(one)
    return found


def _jenjang(mentee: Mentee, mentors: Mentors, rules: Rules) -> Mask:
    """The mentor is not far enough above, or on another ladder."""

    def work() -> Mask:
        far = [distance(mentee.jenjang, jenjang) for jenjang in JENJANG]
        near = np.array([each is None or each < rules.min_distance for each in far], dtype=np.bool_)
        return near[mentors.jenjang]

    return mentors.once(("jenjang", mentee.jenjang, rules.min_distance), work)


def _line(mentee: Mentee, mentors: Mentors, rules: Rules) -> Mask:
    """One stands above the other, however far; nobody is their own mentor either."""
    del rules
    return mentors.named([mentee.id, *mentee.above, *mentors.below.get(mentee.id, ())])


def _conflict(mentee: Mentee, mentors: Mentors, rules: Rules) -> Mask:
    """One of them will not be paired with the other."""
    del rules
    return mentors.named([*mentee.avoids, *mentors.avoiding.get(mentee.id, ())])


def _language(mentee: Mentee, mentors: Mentors, rules: Rules) -> Mask:
    """They have no language in common."""
    del rules
    return mentors.once(("language", mentee.languages), lambda: ~mentors.having(mentee.languages, mentors.speaking))


def _zone(mentee: Mentee, mentors: Mentors, rules: Rules) -> Mask:
    """Their clocks are too far apart."""
    return mentors.once(
        ("zone", mentee.zone, rules.zone_hours), lambda: np.abs(mentors.hours - CLOCKS[mentee.zone]) > rules.zone_hours
    )


def _meeting(mentee: Mentee, mentors: Mentors, rules: Rules) -> Mask:
    """They can meet neither online nor, in one region, on site."""
    del rules

    def work() -> Mask:
        possible = mentors.having({"online"} & mentee.meets, mentors.meeting)
        if mentee.region:
            possible |= mentors.having({"onsite"} & mentee.meets, mentors.meeting) & mentors.having(
                [mentee.region], mentors.in_region
            )
        return ~possible

    return mentors.once(("meeting", mentee.meets, mentee.region), work)


def _agency(mentee: Mentee, mentors: Mentors, rules: Rules) -> Mask:
    """They serve in two agencies, and the programme wants one."""
    if rules.other_agency:
        return np.zeros(len(mentors), dtype=np.bool_)
    return ~mentors.having([str(mentee.agency_id)], mentors.in_agency)


LIMITS: Mapping[str, Callable[[Mentee, Mentors, Rules], Mask]] = {
    "jenjang": _jenjang,
    "line": _line,
    "conflict": _conflict,
    "agency": _agency,
    "language": _language,
    "zone": _zone,
    "meeting": _meeting,
}
"""By name: with which mentors a mentee would break it."""


def broken(mentee: Mentee, mentors: Mentors, rules: Rules) -> dict[str, Mask]:
    """With which mentors a mentee would break which limit."""
    return {name: breaks(mentee, mentors, rules) for name, breaks in LIMITS.items()}


def allowed(mentee: Mentee, mentors: Mentors, rules: Rules) -> Mask:
    """The mentors with whom a mentee breaks no limit."""
    found = np.ones(len(mentors), dtype=np.bool_)
    for breaks in LIMITS.values():
        found &= ~breaks(mentee, mentors, rules)
    return found


def broken_by(mentee: Mentee, mentor: Mentor, rules: Rules) -> list[str]:
    """The limits that one pair would break."""
    return [name for name, mask in broken(mentee, Mentors([mentor]), rules).items() if mask[0]]
