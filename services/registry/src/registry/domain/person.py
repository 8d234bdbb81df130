"""A civil servant with a dated history, and the changes that may be made to it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from contracts.degrees import Degree
from registry.domain.history import History, at, at_or_first, begins_on, begun, put, put_until_next, starting
from registry.domain.posts import Jenjang, StaffType, check_post
from registry.domain.refused import Refused

Status = Literal["active", "leave", "study", "retired", "deceased"]
GONE: frozenset[Status] = frozenset(["retired", "deceased"])


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody serves."""

    agency_id: UUID
    unit_id: UUID | None


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody serves as; jenjang is None outside the functional posts."""

    jenjang: Jenjang | None
    golongan: str
    position: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody serves, and the decree that says so, where one is known."""

    status: Status
    decree: str | None = None


@dataclass(frozen=True, slots=True)
class Schooling:
    """The highest degree somebody has."""

    degree: Degree


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is now, and where, as what, how and with which degree they served since the registry knows of them.

    The four histories begin on one day, `joined_on` or later.
    """

    id: UUID
    nip: str
    staff_type: StaffType
    name: str
    joined_on: date
    assignments: History[Place]
    posts: History[Post]
    statuses: History[Standing]
    educations: History[Schooling]
    version: int = 0

    @property
    def begins_on(self) -> date:
        """The first day the registry knows of."""
        return begins_on(self.assignments)

    def place_on(self, day: date) -> Place:
        """Where the person serves on `day`; before the first assignment, where it will be."""
        return at_or_first(self.assignments, day)

    @property
    def left_on(self) -> date | None:
        """The first day of retirement or death; None while the service goes on."""
        left = None
        for span in reversed(self.statuses):
            if span.value.status not in GONE:
                break
            left = span.valid_from
        return left


@dataclass(frozen=True, slots=True)
class Entry:
    """How somebody is said to be from `valid_from` on. `appointed` is the earliest date the NIP allows."""

    nip: str
    appointed: date
    staff_type: StaffType
    name: str
    education: Degree
    joined_on: date
    place: Place
    post: Post
    status: Status | None
    valid_from: date | None


def enlist(person_id: UUID, entry: Entry, today: date) -> Person:
    """A new person. What the entry says counts from `valid_from`, by default from joining.

    Raises Refused.
    """
    if entry.appointed > today:
        raise Refused("nip-in-future", "nip")
    status = entry.status or "active"
    if status != "active" and entry.valid_from is None:
        raise Refused("status-needs-date", "valid_from")
    start = entry.valid_from or entry.joined_on
    _check_start(start, entry.joined_on, today, "valid_from" if entry.valid_from else "joined_on")
    check_post(entry.staff_type, entry.post.jenjang, entry.post.golongan)
    return Person(
        id=person_id,
        nip=entry.nip,
        staff_type=entry.staff_type,
        name=entry.name,
        joined_on=entry.joined_on,
        assignments=begun(entry.place, start),
        posts=begun(entry.post, start),
        statuses=begun(Standing(status), start),
        educations=begun(Schooling(entry.education), start),
    )


def counts_from(person: Person, entry: Entry, today: date) -> date:
    """From when an entry changes a known person: as it says, else today, or the first day of one yet to begin."""
    return entry.valid_from or max(today, person.begins_on)


def revise(person: Person, entry: Entry, today: date) -> Person:
    """The person as the entry says, from its date until the next change on record.

    The staff type goes with the present NIP. The degree on record last is not said anew by an entry
    that repeats it, so a promotion told late does not carry a degree back to its day. A corrected `joined_on` moves the beginning of the
    history that began with it. Raises Refused.
    """
    start = counts_from(person, entry, today)
    _check_start(start, entry.joined_on, today, "valid_from")
    check_post(person.staff_type, entry.post.jenjang, entry.post.golongan)
    moved = _joined(person, entry.joined_on)
    known = at(moved.statuses, start)
    status = entry.status or (known.status if known else "active")
    return replace(
        moved,
        name=entry.name,
        assignments=put_until_next(moved.assignments, entry.place, start),
        posts=put_until_next(moved.posts, entry.post, start),
        statuses=moved.statuses
        if known is not None and known.status == status
        else put_until_next(moved.statuses, Standing(status), start),
        educations=_learned(moved.educations, Schooling(entry.education), start),
    )


def renumber(person: Person, nip: str, staff_type: StaffType) -> Person:
    """The person with another number, as a new contract of a PPPK brings it. Raises Refused for a PNS.

    Source: domain.md 4, a contract with another agency gives a new NI PPPK.
    """
    if person.staff_type != "PPPK" or staff_type != "PPPK":
        raise Refused("nip-permanent", "nip")
    return replace(person, nip=nip)


def transfer(person: Person, place: Place, on: date, today: date) -> Person:
    """The person at another place from `on` until the next move on record. Raises Refused."""
    _check_start(on, person.begins_on, today, "on")
    return replace(person, assignments=put_until_next(person.assignments, place, on))


def stand(person: Person, standing: Standing, start: date, until: date | None, today: date) -> Person:
    """The person with another status from `start` until `until`, or for good. Raises Refused."""
    if until is not None and until <= start:
        raise Refused("dates-reversed", "until")
    _check_start(start, person.begins_on, today, "from")
    return replace(person, statuses=put(person.statuses, standing, start, until))


def _joined(person: Person, joined_on: date) -> Person:
    if joined_on == person.joined_on:
        return person
    if person.joined_on < person.begins_on >= joined_on:
        return replace(person, joined_on=joined_on)
    return replace(
        person,
        joined_on=joined_on,
        assignments=starting(person.assignments, joined_on),
        posts=starting(person.posts, joined_on),
        statuses=starting(person.statuses, joined_on),
        educations=starting(person.educations, joined_on),
    )


def _learned(educations: History[Schooling], told: Schooling, start: date) -> History[Schooling]:
    if told != educations[-1].value:
        return put_until_next(educations, told, start)
    return starting(educations, min(start, begins_on(educations)))


def _check_start(start: date, earliest: date, today: date, field: str) -> None:
    if start < earliest:
        raise Refused("before-joining", field)
    if start > _a_year_after(today):
        raise Refused("too-far-ahead", field)


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return date(day.year + 1, 3, 1)
