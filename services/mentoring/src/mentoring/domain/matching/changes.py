"""Why somebody has the mentor they have, why they have none, and the smallest change that would match them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mentoring.domain.matching.limits import LIMITS, Mask, Mentors, allowed, broken
from mentoring.domain.matching.pairs import MOST, NOBODY, Case, Numbers, Priced
from mentoring.domain.matching.people import Mentee
from mentoring.domain.matching.runs import Run, matched
from mentoring.domain.matching.scores import parts, scores
from mentoring.domain.matching.total import FAR, Ways, costs_of, passing

TRIED = 3
"""How many mentors are asked for a seat more, the best ones first: each costs a search through the whole match."""


@dataclass(frozen=True)
class Change:
    """Something that one person could do: of what `kind`, and what.

    `meeting`: the mentee meets online, or on site, too. `language`: they speak one more. `conflict`: they no longer avoid
    somebody. `seats`: a mentor takes so many more.
    """

    kind: str
    value: str
    mentor_id: UUID | None = None
    seats: int = 0


@dataclass(frozen=True)
class Why:
    """Why somebody has this mentor: the parts of the score, and how many mentors would have scored more for them."""

    mentor_id: UUID
    score: int
    parts: dict[str, int]
    better: int
    """Mentors who would have scored more with them."""
    price: int
    """What the cheapest of these would have cost others, in points, beyond what this mentee would have gained; 0 for none."""


class Asking(NamedTuple):
    """Pairs of some mentees: who, with whom, and what each costs in the flow."""

    mentee: NDArray[np.int32]
    mentor: NDArray[np.int32]
    costs: Numbers


def number_of(case: Case, mentee_id: UUID) -> int:
    """The number of a mentee in a case. Raises StopIteration for who is not in it."""
    return next(number for number, mentee in enumerate(case.mentees) if mentee.id == mentee_id)


def why(done: Run, number: int) -> Why | None:
    """Why a mentee has the mentor they have; None for who has none."""
    at = int(done.match.mentor[number])
    if at == NOBODY:
        return None
    mentee = done.case.mentees[number]
    points = {name: int(each[at]) for name, each in parts(mentee, done.mentors, done.case.rules).items()}
    scored = scores(mentee, done.mentors, done.case.rules)
    better = _may(done, mentee) & (scored > scored[at])
    price = 0
    if isinstance(done.match, Priced) and better.any():
        price = int((_lost(done, number, at) - scored)[better].min() + scored[at])
    return Why(done.mentors.all[at].id, sum(points.values()), points, int(better.sum()), price)


def binding(done: Run, number: int) -> str:
    """The limit that keeps a mentee without a mentor: `seats` where all they may have are taken.

    Else it is the one without which most mentors would be left; where it takes more than one, the one that most break.
    """
    mentee = done.case.mentees[number]
    broke = broken(mentee, done.mentors, done.case.rules)
    count = np.zeros(len(done.mentors), dtype=np.int64)
    for mask in broke.values():
        count += mask
    open_to = _seated(done.mentors)
    if not open_to.any() or (open_to & (count == 0)).any():
        return "seats"
    alone = {name: int((mask & (count == 1) & open_to).sum()) for name, mask in broke.items()}
    each = {name: int((mask & open_to).sum()) for name, mask in broke.items()}
    return max(LIMITS, key=lambda name: (alone[name], each[name]))


def smallest_change(done: Run, number: int) -> Change | None:
    """The smallest change that would match a mentee who has no mentor: their own first, then seats of a mentor.

    None where no single one would. What it says is so: applied, and matched again, the mentee has a mentor. (In a match by
    lists of the best, as far as those go.)
    """
    own = [each for each in _own_changes(done, number) if _matches(done, number, each)]
    return own[0] if own else _seats(done, number)


def applied(case: Case, mentee_id: UUID, change: Change) -> Case:
    """The case after a change of a mentee, or of a mentor for them."""
    if change.kind == "seats":
        mentors = [
            replace(mentor, seats=mentor.seats + change.seats) if mentor.id == change.mentor_id else mentor
            for mentor in case.mentors
        ]
        return replace(case, mentors=mentors)
    mentees = [_changed(mentee, change) if mentee.id == mentee_id else mentee for mentee in case.mentees]
    return replace(case, mentees=mentees)


def _changed(mentee: Mentee, change: Change) -> Mentee:
    if change.kind == "meeting":
        return replace(mentee, meets=mentee.meets | {change.value})
    if change.kind == "language":
        return replace(mentee, languages=mentee.languages | {change.value})
    return replace(mentee, avoids=mentee.avoids - {change.mentor_id})


def _own_changes(done: Run, number: int) -> Iterator[Change]:
    mentee = done.case.mentees[number]
    for value in ("online", "onsite"):
        if value not in mentee.meets:
            yield Change("meeting", value)
    spoken = {word: int(mask.sum()) for word, mask in done.mentors.speaking.items() if word not in mentee.languages}
    for word in sorted(spoken, key=lambda word: (-spoken[word], word)):
        yield Change("language", word)
    for avoided in sorted(mentee.avoids):
        if avoided in done.mentors.at:
            yield Change("conflict", str(avoided), avoided)


def _matches(done: Run, number: int, change: Change) -> bool:
    """Whether a mentee would be matched after a change of their own."""
    mentee = done.case.mentees[number]
    if not isinstance(done.match, Priced):
        return _matched_again(done, mentee.id, change)
    # The match is the best one without the new pairs. It is no longer if a way through one of them is cheaper than going
    # without, and then every better match takes one of them.
    through = MOST - scores(mentee, done.mentors, done.case.rules) + done.match.prices
    now = _may(done, _changed(mentee, change))
    return bool((through[now] < passing(done.case)[number]).any())


def _seats(done: Run, number: int) -> Change | None:
    """At most how many seats more of a mentor it takes to match a mentee, and of which of the best mentors the fewest.

    Whoever would get one before them has a way to the mentor that costs no more than their own pair with the mentor saves.
    There are no others: ways never become cheaper while seats are filled. Fewer may do where two of them have one way.
    """
    mentee = done.case.mentees[number]
    scored = scores(mentee, done.mentors, done.case.rules)
    may = np.flatnonzero(_may(done, mentee))
    tried = may[np.argsort(-scored[may], kind="stable")[:TRIED]]
    ways = Ways(done.case, done.pairs, done.match) if isinstance(done.match, Priced) else None
    others = _pairs_of(done, (done.match.mentor == NOBODY) & (np.arange(len(done.case.mentees)) != number))
    found: list[Change] = []
    for at in map(int, tried):
        mentor_id = done.mentors.all[at].id
        if ways:
            seats = _before(done, number, at, MOST - int(scored[at]), ways, others) + 1
            found.append(Change("seats", str(mentor_id), mentor_id, seats))
        else:
            change = Change("seats", str(mentor_id), mentor_id, 1)
            if _matched_again(done, mentee.id, change):
                return change
    return min(found, key=lambda change: change.seats, default=None)


def _lost(done: Run, number: int, at: int) -> Numbers:
    """What all others would lose if a mentee left their mentor for each other one.

    Whoever makes room comes to the seat that is left, or else somewhere else, or nowhere; then somebody without a mentor
    may have a way to that seat.
    """
    left = replace(done.match, mentor=np.where(np.arange(len(done.match.mentor)) == number, NOBODY, done.match.mentor))
    ways = Ways(done.case, done.pairs, left)
    to_seat = ways.to(_only(done, at), passing_by=False)
    taken = np.bincount(left.mentor[left.mentor != NOBODY], minlength=len(done.mentors))
    taken[at] += 1
    away = ways.to(np.where(taken < done.mentors.seats, np.int64(0), FAR))
    without = done.match.mentor == NOBODY
    gained = (_through(done, _pairs_of(done, without), to_seat) - passing(done.case))[without].min(initial=0)
    return np.minimum(to_seat, away + gained)


def _before(done: Run, number: int, at: int, cost: int, ways: Ways, others: Asking) -> int:
    """How many others without a mentor would get a seat more of this mentor first."""
    to_seat = ways.to(_only(done, at), passing_by=False)
    leaving = passing(done.case)
    return int((_through(done, others, to_seat) - leaving <= cost - leaving[number]).sum())


def _only(done: Run, at: int) -> Numbers:
    """Ends of ways: this mentor alone."""
    ends: Numbers = np.full(len(done.mentors), FAR, dtype=np.int64)
    ends[at] = 0
    return ends


def _pairs_of(done: Run, asking: Mask) -> Asking:
    """The pairs that these mentees may be in."""
    mentee = done.pairs.mentee
    theirs = np.flatnonzero(asking[mentee])
    return Asking(mentee[theirs], done.pairs.mentor[theirs], costs_of(done.pairs)[theirs])


def _through(done: Run, asking: Asking, ways: Numbers) -> Numbers:
    """What it costs each of these mentees to be matched, by the cheapest of these ways; FAR for all others."""
    through = np.full(len(done.case.mentees), FAR, dtype=np.int64)
    np.minimum.at(through, asking.mentee, asking.costs + ways[asking.mentor])
    return through


def _matched_again(done: Run, mentee_id: UUID, change: Change) -> bool:
    again = matched(applied(done.case, mentee_id, change))
    return bool(again.match.mentor[number_of(again.case, mentee_id)] != NOBODY)


def _may(done: Run, mentee: Mentee) -> Mask:
    return allowed(mentee, done.mentors, done.case.rules) & _seated(done.mentors)


def _seated(mentors: Mentors) -> Mask:
    return mentors.seats > 0
