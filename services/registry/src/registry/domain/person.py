"""A civil servant with a dated history, and the changes that may be made to it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from common.refused import Refused
from contracts.degrees import Degree
from contracts.sex import Sex
from registry.domain.grades import HIGHER, Jenjang, StaffType, beside, check_grade, next_golongan
from registry.domain.history import History, at, at_or_first, begins_on, begun, ending, put, put_until_next, starting
from registry.domain.lines import earlier
from registry.domain.post import Holding

Status = Literal["active", "leave", "study", "retired", "deceased"]
PromotionKind = Literal["rank", "level"]
GONE: frozenset[Status] = frozenset(["retired", "deceased"])
ABSENT: frozenset[Status] = frozenset(["leave", "study"])

LONGEST_ABSENCE = 10
"""Years from the beginning of a leave or a study to its end. No law says so: it finds a year mistyped."""

MOST_SPANS = 500
"""How many periods a history may have: more than a change a month in forty years; one event still holds them all."""

MOST_FORMER_NIPS = 50
"""How many former numbers somebody may have: one contract a year gives fewer; one event still holds them all."""

KEPT_FOR_ORDINARY = 100
"""How many of `MOST_SPANS` are kept for changes near today: old dates alone cannot fill a history."""

ORDINARY = timedelta(days=45)
"""How far from today a change may lie to count as near."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody serves."""

    agency_id: UUID
    unit_id: UUID | None


@dataclass(frozen=True, slots=True)
class Grade:
    """What somebody serves as; jenjang is None outside the functional posts."""

    jenjang: Jenjang | None
    golongan: str
    position: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody serves, and by which decree, where one is known."""

    status: Status
    decree: str | None = None


@dataclass(frozen=True, slots=True)
class Schooling:
    """The highest degree somebody has."""

    degree: Degree


@dataclass(frozen=True, slots=True)
class Tag:
    """What is said of somebody from a day until another (exclusive; None: still), and the paper that says so."""

    tag: str
    valid_from: date
    valid_to: date | None
    paper: str


@dataclass(frozen=True, slots=True)
class Promotion:
    """A kenaikan pangkat (`rank`) or a kenaikan jenjang (`level`) by decree: what somebody served as before it, and from its day on."""

    kind: PromotionKind
    valid_from: date
    jenjang_before: Jenjang | None
    golongan_before: str
    jenjang: Jenjang | None
    golongan: str
    decree: str
    decree_date: date


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is now; and since when the registry knows of them, where, as what and in which status they have served,
    and with which degree.

        The four histories begin on one day, `joined_on` or later. `former_nips` are the numbers of earlier contracts, which
    still name the person. `holdings` are the posts they held, in the order of their days: one at a time as their own,
    and any others as acting holder. `tags` are what else is said of them for a time, in the order of their days.
    `promotions` are the decrees by which they rose, in the order of theirs. `sex` is
    set only where the number tells it wrongly.
    """

    id: UUID
    nip: str
    staff_type: StaffType
    name: str
    joined_on: date
    assignments: History[Place]
    grades: History[Grade]
    statuses: History[Standing]
    educations: History[Schooling]
    former_nips: tuple[str, ...] = ()
    holdings: tuple[Holding, ...] = ()
    tags: tuple[Tag, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    sex: Sex | None = None
    version: int = 0

    @property
    def begins_on(self) -> date:
        """The first day the registry knows of."""
        return begins_on(self.assignments)

    def place_on(self, day: date) -> Place:
        """Where the person serves on `day`; before the first assignment, where it will be."""
        return at_or_first(self.assignments, day)

    def serves_on(self, day: date) -> bool:
        """Whether the person is neither retired nor dead on `day`; before the first status, as it will be."""
        return at_or_first(self.statuses, day).status not in GONE

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
    """What the personnel office says of somebody, from `valid_from` on.

    By their NIP they were appointed on `appointed` at the earliest, and can have joined between the two days of `joins`.
    `keeps_unit` and `keeps_jenjang` say that the entry leaves these out, so that they stay as they are.
    """

    nip: str
    joins: tuple[date, date]
    appointed: date
    staff_type: StaffType
    name: str
    education: Degree
    joined_on: date
    place: Place
    grade: Grade
    status: Status | None
    valid_from: date | None
    keeps_unit: bool = False
    keeps_jenjang: bool = False


def enlist(person_id: UUID, entry: Entry, today: date) -> Person:
    """A new person. What the entry says holds from `valid_from`, by default from joining.

    Raises Refused.
    """
    if entry.appointed > today:
        raise Refused("nip-in-future", "nip")
    _check_joined(entry)
    status = entry.status or "active"
    if status != "active" and entry.valid_from is None:
        raise Refused("status-needs-date", "valid_from")
    start = entry.valid_from or entry.joined_on
    _check_start(start, entry.joined_on, today, "valid_from" if entry.valid_from else "joined_on")
    check_grade(entry.staff_type, entry.grade.jenjang, entry.grade.golongan)
    return Person(
        id=person_id,
        nip=entry.nip,
        staff_type=entry.staff_type,
        name=entry.name,
        joined_on=entry.joined_on,
        assignments=begun(entry.place, start),
        grades=begun(entry.grade, start),
        statuses=begun(Standing(status), start),
        educations=begun(Schooling(entry.education), start),
    )


def counts_from(person: Person, entry: Entry, today: date) -> date:
    """From when an entry changes a known person: from its own date; without one from today, or from their first day if later."""
    return entry.valid_from or max(today, person.begins_on)


def revise(person: Person, entry: Entry, today: date) -> Person:
    """The person as the entry says, from its date until the next change on record.

    The staff type stays that of the present NIP. An entry that repeats the degree recorded last changes nothing about it,
    so that a promotion told late does not carry a degree back to its day. Somebody retired or dead by that date is
    refused another place or post. A corrected `joined_on` moves the beginning of the histories that began with it.
    Raises Refused.
    """
    start = counts_from(person, entry, today)
    entry = _completed(entry, person, start)
    _check_joined(entry)
    _check_start(start, entry.joined_on, today, "valid_from")
    here = at(person.grades, start)
    if here is None or (here.jenjang, here.golongan) != (entry.grade.jenjang, entry.grade.golongan):
        check_grade(person.staff_type, entry.grade.jenjang, entry.grade.golongan)
    moved = _joined(person, entry.joined_on)
    known = at(moved.statuses, start)
    status = entry.status or (known.status if known else "active")
    if known is None or known.status != status:
        _check_status(moved, status, start, "valid_from")
        standing = Standing(status)
        statuses = (
            put(moved.statuses, standing, start, _end_of_gone(moved.statuses, status, start))
            if status in GONE
            else put_until_next(moved.statuses, standing, start)
        )
        moved = replace(moved, statuses=statuses)
    revised = replace(
        moved,
        name=entry.name,
        assignments=put_until_next(moved.assignments, entry.place, start),
        grades=put_until_next(moved.grades, entry.grade, start),
        educations=_learned(moved.educations, Schooling(entry.education), start),
    )
    if (revised.assignments, revised.grades) != (moved.assignments, moved.grades):
        _check_serving(revised, start, "valid_from")
    return _checked(_ended(revised), person, start, today, "valid_from")


def renumber(person: Person, entry: Entry, today: date) -> Person:
    """The person with the entry's number, which a new contract gives to a PPPK in service. Raises Refused, also for a PNS.

    The number before still names them. Source: published examples, in which a contract with another agency gives a new
    NI PPPK; no regulation was seen.
    """
    if person.staff_type != "PPPK" or entry.staff_type != "PPPK":
        raise Refused("nip-permanent", "nip")
    if entry.appointed > today:
        raise Refused("nip-in-future", "nip")
    _check_serving(person, today, "nip")
    former = tuple(dict.fromkeys((*person.former_nips, person.nip)))
    if len(former) > MOST_FORMER_NIPS:
        raise Refused("too-many-numbers", "nip", most=MOST_FORMER_NIPS)
    return replace(person, nip=entry.nip, former_nips=former)


def mend(
    person: Person, nip: str, staff_type: StaffType, appointed: date, joins: tuple[date, date], today: date
) -> Person:
    """The person with the right number in place of one that was registered wrong and never was theirs.

    `appointed` and `joins` as in Entry. Raises Refused.
    """
    if staff_type != person.staff_type:
        raise Refused("staff-type-mismatch", "nip")
    if appointed > today:
        raise Refused("nip-in-future", "nip")
    first, last = joins
    if not first <= person.joined_on <= last:
        raise Refused("joining-age", "nip", first=first.year, last=last.year)
    return replace(person, nip=nip, former_nips=tuple(former for former in person.former_nips if former != nip))


def transfer(person: Person, place: Place, on: date, today: date) -> Person:
    """The person at another place from `on` until the next move on record. Raises Refused."""
    _check_start(on, person.begins_on, today, "on")
    _check_serving(person, on, "on")
    moved = replace(person, assignments=put_until_next(person.assignments, place, on))
    return _checked(moved, person, on, today, "on")


def stand(person: Person, standing: Standing, start: date, until: date | None, today: date) -> Person:
    """The person with another status from `start` until `until`, or for good.

    Leave and study end with the service at the latest, and so does what was planned for later. Raises Refused.
    """
    if until is not None and until <= start:
        raise Refused("dates-reversed", "until")
    if until is not None and until > _years_after(start, LONGEST_ABSENCE):
        raise Refused("absence-too-long", "until", years=LONGEST_ABSENCE)
    if until is not None and standing.status in GONE:
        raise Refused("no-way-back", "until")
    _check_start(start, person.begins_on, today, "from")
    _check_status(person, standing.status, start, "from")
    left = person.left_on
    if standing.status in GONE:
        until = _end_of_gone(person.statuses, standing.status, start)
    elif standing.status in ABSENT and left is not None and start < left:
        until = min(until or left, left)
    stood = replace(person, statuses=put(person.statuses, standing, start, until))
    return _checked(_ended(stood), person, start, today, "from")


def hold(person: Person, new: Holding, today: date) -> Person:
    """The person holding a post. A holding of the same post from the same day is replaced; one without days is taken back.

    Whoever comes to a post of their own leaves the one they held until then without a known end. Raises Refused.
    """
    others = tuple(each for each in person.holdings if each.key != new.key)
    if new.valid_to == new.valid_from:
        return replace(person, holdings=others)
    if new.valid_to is not None and new.valid_to < new.valid_from:
        raise Refused("dates-reversed", "until")
    _check_start(new.valid_from, person.begins_on, today, "valid_from")
    ends = _serves_until(person, new)
    if ends == new.valid_from:
        raise Refused("post-elsewhere" if person.serves_on(new.valid_from) else "not-in-service", "valid_from")
    if ends is not None and (new.valid_to is None or ends < new.valid_to):
        raise Refused("post-elsewhere" if person.serves_on(ends) else "not-in-service", "until")
    left = tuple(replace(each, valid_to=new.valid_from) if _gives_way(each, new) else each for each in others)
    if any(_excludes(each, new) and each.overlaps(new) for each in left):
        raise Refused("post-twice", "post_id")
    if len(left) >= MOST_SPANS:
        raise Refused("history-too-long", "valid_from", most=MOST_SPANS)
    return replace(person, holdings=_in_order((*left, new)))


def tagged(person: Person, new: Tag, today: date) -> Person:
    """The person with a tag. One of the same name from the same day is replaced; one without days is taken back.

    Raises Refused, also where they would have it twice at a time.
    """
    others = tuple(each for each in person.tags if (each.tag, each.valid_from) != (new.tag, new.valid_from))
    if new.valid_to == new.valid_from:
        return replace(person, tags=others)
    if new.valid_to is not None and new.valid_to < new.valid_from:
        raise Refused("dates-reversed", "until")
    _check_start(new.valid_from, person.begins_on, today, "valid_from")
    for each in others:
        begins_later, ends = max(each.valid_from, new.valid_from), earlier(each.valid_to, new.valid_to)
        if each.tag == new.tag and (ends is None or begins_later < ends):
            raise Refused("tag-twice", "valid_from")
    if len(others) >= MOST_SPANS:
        raise Refused("history-too-long", "valid_from", most=MOST_SPANS)
    return replace(person, tags=tuple(sorted((*others, new), key=lambda each: (each.valid_from, each.tag))))


def promoted(
    person: Person, kind: PromotionKind, day: date, position: str | None, paper: tuple[str, date], today: date
) -> Person:
    """The person one rank or one level higher from `day` until the next change on record, by a decree: its number and its date.

    A decree told late changes nothing that came after it. One of the same kind and day is replaced. Raises Refused.
    """
    _check_start(day, person.begins_on, today, "valid_from")
    _check_serving(person, day, "valid_from")
    others = tuple(each for each in person.promotions if (each.kind, each.valid_from) != (kind, day))
    if len(others) >= MOST_SPANS:
        raise Refused("history-too-long", "valid_from", most=MOST_SPANS)
    # Of two of one day the level comes first, and the rank follows in the new jenjang (PermenPANRB 1/2023).
    other = next((each for each in person.promotions if each.valid_from == day and each.kind != kind), None)
    before = at(person.grades, day - timedelta(days=1))
    if before is None:
        raise Refused("promotion-needs-before", "valid_from")
    if other is not None and kind == "rank":
        before = replace(before, jenjang=other.jenjang)
    jenjang, golongan = before.jenjang, before.golongan
    if kind == "level":
        jenjang = HIGHER.get(before.jenjang) if before.jenjang else None
        if jenjang is None:
            raise Refused("no-level-above", "kind")
    else:
        golongan = next_golongan(before.golongan)
        if golongan is None:
            raise Refused("no-rank-above", "kind")
    if person.staff_type == "PNS" and jenjang is not None and golongan not in beside(jenjang):
        raise Refused("promotion-out-of-turn", "kind")
    grade = Grade(
        jenjang, other.golongan if other is not None and kind == "level" else golongan, position or before.position
    )
    act = Promotion(kind, day, before.jenjang, before.golongan, jenjang, golongan, *paper)
    moved = replace(
        person,
        grades=put_until_next(person.grades, grade, day),
        promotions=tuple(sorted((*others, act), key=lambda each: (each.valid_from, each.kind))),
    )
    return _checked(moved, person, day, today, "valid_from")


def demoted(person: Person, kind: PromotionKind, day: date, today: date) -> Person:
    """The person without a promotion that was recorded wrong: as what they served until then, until the next change on record.

    Raises Refused `no-such-promotion`.
    """
    wrong = next((each for each in person.promotions if (each.kind, each.valid_from) == (kind, day)), None)
    if wrong is None:
        raise Refused("no-such-promotion", "valid_from")
    now = at(person.grades, day)
    grades = person.grades
    if now is not None and (now.jenjang, now.golongan) == (wrong.jenjang, wrong.golongan):
        grades = put_until_next(grades, Grade(wrong.jenjang_before, wrong.golongan_before, now.position), day)
    left = tuple(each for each in person.promotions if each != wrong)
    return _checked(replace(person, grades=grades, promotions=left), person, day, today, "valid_from")


def _excludes(one: Holding, other: Holding) -> bool:
    """Whether nobody has both at a time: two posts of their own, or one post in two ways."""
    return one.post_id == other.post_id or one.kind == other.kind == "definitive"


def _gives_way(known: Holding, new: Holding) -> bool:
    return _excludes(known, new) and known.valid_to is None and known.valid_from < new.valid_from


def _serves_until(person: Person, holding: Holding) -> date | None:
    """The first day, from that of a holding on, on which the person does not serve in its agency; None: never."""
    for span in person.assignments:
        if span.value.agency_id != holding.agency_id and (span.valid_to is None or holding.valid_from < span.valid_to):
            gone = max(span.valid_from, holding.valid_from)
            return gone if person.left_on is None else min(gone, max(person.left_on, holding.valid_from))
    return None if person.left_on is None else max(person.left_on, holding.valid_from)


def as_served(person: Person) -> Person:
    """The person with what they hold as far as they serve in the agencies of the posts: who moves or leaves gives it up."""
    kept: list[Holding] = []
    for each in person.holdings:
        ends = earlier(each.valid_to, _serves_until(person, each))
        if ends is None or each.valid_from < ends:
            kept.append(replace(each, valid_to=ends))
    return replace(person, holdings=_in_order(kept))


def _in_order(holdings: Iterable[Holding]) -> tuple[Holding, ...]:
    return tuple(sorted(holdings, key=lambda each: (each.valid_from, each.post_id)))


def _joined(person: Person, joined_on: date) -> Person:
    if joined_on == person.joined_on:
        return person
    if person.joined_on < person.begins_on >= joined_on:
        return replace(person, joined_on=joined_on)
    return replace(
        person,
        joined_on=joined_on,
        assignments=starting(person.assignments, joined_on),
        grades=starting(person.grades, joined_on),
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
    if start > _years_after(today, 1):
        raise Refused("too-far-ahead", field)


def _end_of_gone(statuses: History[Standing], status: Status, start: date) -> date | None:
    """Until when somebody who leaves on `start` has that status: retired until their death, and dead for ever."""
    deaths = (span.valid_from for span in statuses if span.value.status == "deceased" and span.valid_from > start)
    return next(deaths, None) if status == "retired" else None


def _check_serving(person: Person, day: date, field: str) -> None:
    """Raises Refused when the person is not in service on `day`."""
    if not person.serves_on(day):
        raise Refused("not-in-service", field)


def _check_status(person: Person, status: Status, start: date, field: str) -> None:
    """Raises Refused for a status that cannot follow the one before: none follows death, and no absence follows retirement."""
    before = at(person.statuses, start - timedelta(days=1))
    if before is None:
        return
    if before.status == "deceased" or (before.status == "retired" and status in ABSENT):
        raise Refused("not-in-service", field)


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)


def _check_joined(entry: Entry) -> None:
    """Raises Refused for joining at an age at which nobody is appointed."""
    first, last = entry.joins
    if not first <= entry.joined_on <= last:
        raise Refused("joining-age", "joined_on", first=first.year, last=last.year)


def _completed(entry: Entry, person: Person, start: date) -> Entry:
    """The entry, with what it leaves out as it is on `start`; a unit stays only if the agency does."""
    place, grade = person.place_on(start), at_or_first(person.grades, start)
    return replace(
        entry,
        place=place if entry.keeps_unit and place.agency_id == entry.place.agency_id else entry.place,
        grade=replace(entry.grade, jenjang=grade.jenjang) if entry.keeps_jenjang else entry.grade,
    )


def _ended(person: Person) -> Person:
    """The person without moves and promotions planned for after they left."""
    left = person.left_on
    if left is None:
        return person
    return replace(person, assignments=ending(person.assignments, left), grades=ending(person.grades, left))


def _checked(after: Person, before: Person, start: date, today: date, field: str) -> Person:
    """The changed person. Histories must fit into one event, however long the names in them.

    Raises Refused for a history that grows beyond its limit.
    """
    most = MOST_SPANS if abs(start - today) <= ORDINARY else MOST_SPANS - KEPT_FOR_ORDINARY
    for name in ("assignments", "grades", "statuses", "educations"):
        if len(getattr(after, name)) > max(most, len(getattr(before, name))):
            raise Refused("history-too-long", field, most=most)
    return as_served(after)
