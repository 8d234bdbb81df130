"""Where a report stands: a function of what is known of it and of the others of the same person and course, in any order.

One course that is finished on two platforms in a year counts once, until a person decides: by the platform on which it was
finished first. On one platform each completion on a day of its own counts, so a course that is taken anew counts anew.
That a year is what tells a double from a course taken anew is how it is read here (belum dikonfirmasi).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

State = Literal[
    "waiting_person", "waiting_course", "possible_double", "sent", "taken", "refused", "in_review", "withdrawn"
]
STATES: tuple[State, ...] = get_args(State)
WAITING: tuple[State, ...] = ("waiting_person", "waiting_course", "possible_double")
"""Those that were not told, and may be one day."""
COUNTING: tuple[State, ...] = ("sent", "taken", "refused", "in_review")
"""Those that training is told of."""


@dataclass(frozen=True)
class Facts:
    """What is known of a report.

    `has_course`: it needs no mapping of a course, or has one. `version` is that of what training was told last, which is `told` or taken back;
    `answered` that of its last answer, and `refused` whether this was no. `disputed`: its platform says otherwise now. `counts` is what a person has decided.
    """

    id: UUID
    connection_id: UUID
    person_id: UUID | None
    has_course: bool
    course_id: UUID | None
    day: date
    happened_at: datetime
    version: int
    told: bool
    answered: int
    refused: bool
    disputed: bool
    counts: bool | None


def standings(reports: Iterable[Facts]) -> dict[UUID, State]:
    """The state of each of these, which are all that there are of their people, courses and years."""
    groups: defaultdict[tuple[UUID | None, UUID | None, int], list[Facts]] = defaultdict(list)
    for each in reports:
        groups[each.person_id, each.course_id, each.day.year].append(each)
    found: dict[UUID, State] = {}
    for (person_id, course_id, _), some in groups.items():
        doubles = _doubles(some) if person_id and course_id else frozenset[UUID]()
        found |= {each.id: _state(each, double=each.id in doubles) for each in some}
    return found


def _doubles(some: Iterable[Facts]) -> frozenset[UUID]:
    """What may be told twice: by another platform than the first, or on one day by the same, as of two users who are one person.

    What a person has decided about, and what training refuses, is beside the point.
    """
    open_ = [each for each in some if each.counts is None and not _is_refused(each)]
    open_.sort(key=lambda each: (each.day, each.happened_at, each.id))
    days: set[date] = set()
    doubles: set[UUID] = set()
    for each in open_:
        if each.connection_id != open_[0].connection_id or each.day in days:
            doubles.add(each.id)
        else:
            days.add(each.day)
    return frozenset(doubles)


def _is_refused(report: Facts) -> bool:
    return report.told and report.refused and report.version == report.answered


def _state(report: Facts, *, double: bool) -> State:
    undecided = report.counts is None
    first_that_holds: tuple[tuple[bool, State], ...] = (
        (report.counts is False, "withdrawn"),
        (report.person_id is None, "waiting_person"),
        (not report.has_course, "waiting_course"),
        (double, "possible_double"),
        (report.disputed and undecided, "in_review"),
        (report.answered < report.version or not report.version, "sent"),
        (report.refused, "refused"),
        (True, "taken"),
    )
    return next(state for holds, state in first_that_holds if holds)


def counted(states: Mapping[State, int]) -> dict[str, int]:
    """How many of a door's reports were accepted, wait, or were refused."""
    groups: Mapping[str, tuple[State, ...]] = {
        "accepted": ("taken", "in_review"),
        "sent": ("sent",),
        "waiting": WAITING,
        "refused": ("refused",),
        "withdrawn": ("withdrawn",),
        "in_review": ("in_review",),
    }
    return {name: sum(states.get(state, 0) for state in group) for name, group in groups.items()}
