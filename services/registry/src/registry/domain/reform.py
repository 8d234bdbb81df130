"""What becomes of an agency that merges into another, or is split: of its units and posts, and of the people in them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar
from uuid import UUID

from common.refused import Refused
from registry.domain.history import History, Span, at_or_first, begins_on, put
from registry.domain.person import Person, Place, as_served
from registry.domain.post import Holding, Post, PostState
from registry.domain.unit import Unit, UnitState

T = TypeVar("T")

LONGEST_CODE = 64


@dataclass(frozen=True, slots=True)
class Share:
    """What goes to an agency: the units named, each with all under it that no other share names; None for all the rest."""

    agency_id: UUID
    unit_ids: tuple[UUID, ...] | None


def check_day(day: date, today: date, before: date | None) -> None:
    """Raises Refused for a reform of a day to come, of an earlier year, or before one of the same agencies.

    Reports of earlier years are closed, and what one reform has moved no other takes from where it was.
    """
    if day > today:
        raise Refused("reform-not-yet", "on")
    if day < today.replace(month=1, day=1) or (before is not None and day < before):
        raise Refused("reform-backdated", "on")


def check_shares(agency_id: UUID, shares: Sequence[Share]) -> Share:
    """The share that takes the rest. Raises Refused when there is none, or when something is given twice."""
    receivers = [share.agency_id for share in shares]
    if agency_id in receivers:
        raise Refused("reform-into-itself", "shares")
    given = [unit_id for share in shares for unit_id in share.unit_ids or ()]
    rest = [share for share in shares if share.unit_ids is None]
    if not rest:
        raise Refused("reform-leaves-people", "shares")
    if len(rest) > 1 or len({*receivers}) < len(receivers) or len({*given}) < len(given):
        raise Refused("reform-share-twice", "shares")
    return rest[0]


def receivers(units: Mapping[UUID, Unit], shares: Sequence[Share], rest: UUID, day: date) -> dict[UUID, UUID]:
    """Where each unit that is there on `day` goes: with the nearest named unit at or above it. Raises Refused."""
    named = {unit_id: share.agency_id for share in shares for unit_id in share.unit_ids or ()}
    there = {unit.id: unit for unit in units.values() if unit.closed_on is None or unit.closed_on > day}
    if named.keys() - there.keys():
        raise Refused("unit-unknown", "shares")
    if any(begins_on(unit.states) >= day for unit in there.values()):
        raise Refused("reform-backdated", "on")

    def receiver(unit_id: UUID | None) -> UUID:
        while unit_id is not None and unit_id not in named:
            unit_id = at_or_first(units[unit_id].states, day).parent_id
        return rest if unit_id is None else named[unit_id]

    return {unit_id: receiver(unit_id) for unit_id in there}


def handed_over(
    units: Mapping[UUID, Unit],
    goes_to: Mapping[UUID, UUID],
    day: date,
    prefix: str,
    taken: Collection[tuple[UUID, str]],
    new_id: Callable[[UUID], UUID],
) -> list[tuple[Unit | None, Unit]]:
    """The units as they are afterwards: each closed on `day`, and after it one in the agency that receives it.

    A code that is taken there gets that of the old agency (`prefix`) before it. Raises Refused when that is taken too.
    """
    pairs: list[tuple[Unit | None, Unit]] = []
    codes = _codes(units, goes_to, prefix, taken)
    for unit_id, agency_id in goes_to.items():
        unit = units[unit_id]

        def state(known: UnitState, agency_id: UUID = agency_id) -> UnitState:
            return UnitState(known.name, _together(known.parent_id, agency_id, goes_to, new_id))

        after = Unit(new_id(unit_id), agency_id, codes[unit_id], _from(unit.states, day, state), unit.closed_on)
        closed = replace(unit, states=_until(unit.states, day), closed_on=day, successors=(after.id,))
        pairs += [(None, after), (unit, closed)]
    return pairs


def posts_handed_over(
    posts: Mapping[UUID, Post],
    goes_to: Mapping[UUID, UUID],
    day: date,
    prefix: str,
    taken: Collection[tuple[UUID, str]],
    new_id: Callable[[UUID], UUID],
) -> list[tuple[Post | None, Post]]:
    """The posts as they are afterwards: each goes with its unit of `day`, as units do (`handed_over`).

    `goes_to` tells where units go. Raises Refused, also for a post that is to come later to a unit of another share.
    """
    there = {post.id: post for post in posts.values() if post.closed_on is None or post.closed_on > day}
    if any(begins_on(post.states) >= day for post in there.values()):
        raise Refused("reform-backdated", "on")
    goes = {post.id: goes_to[at_or_first(post.states, day).unit_id] for post in there.values()}
    codes = _codes(posts, goes, prefix, taken)
    pairs: list[tuple[Post | None, Post]] = []
    for post_id, agency_id in goes.items():
        post = posts[post_id]

        def state(known: PostState, agency_id: UUID = agency_id) -> PostState:
            unit_id = _together(known.unit_id, agency_id, goes_to, new_id)
            if unit_id is None:
                raise Refused("reform-parts-post", "shares")
            superior_id = _together(known.superior_id, agency_id, goes, new_id)
            return replace(known, unit_id=unit_id, superior_id=superior_id)

        after = Post(new_id(post_id), agency_id, codes[post_id], _from(post.states, day, state), post.closed_on)
        pairs += [(None, after), (post, replace(post, states=_until(post.states, day), closed_on=day))]
    return pairs


def _codes(
    things: Mapping[UUID, Unit] | Mapping[UUID, Post],
    goes_to: Mapping[UUID, UUID],
    prefix: str,
    taken: Collection[tuple[UUID, str]],
) -> dict[UUID, str]:
    codes: dict[UUID, str] = {}
    used = {*taken}
    for thing_id, agency_id in goes_to.items():
        own = things[thing_id].code
        code = own if (agency_id, own) not in used else f"{prefix}/{own}"[:LONGEST_CODE]
        if (agency_id, code) in used:
            raise Refused("code-taken", "shares")
        used.add((agency_id, code))
        codes[thing_id] = code
    return codes


def _from(states: History[T], day: date, state: Callable[[T], T]) -> History[T]:
    return tuple(
        Span(state(span.value), max(span.valid_from, day), span.valid_to)
        for span in states
        if span.valid_to is None or span.valid_to > day
    )


def _until(states: History[T], day: date) -> History[T]:
    before = tuple(span for span in states if span.valid_from < day)
    return (*before[:-1], replace(before[-1], valid_to=None))


def _together(
    other: UUID | None, agency_id: UUID, goes_to: Mapping[UUID, UUID], new_id: Callable[[UUID], UUID]
) -> UUID | None:
    """What becomes of a unit or post that another names: it names it on where both go to one agency."""
    return new_id(other) if other is not None and goes_to.get(other) == agency_id else None


def moved(
    person: Person,
    agency_id: UUID,
    day: date,
    place: Callable[[UUID | None], Place],
    post: Callable[[UUID], tuple[UUID, UUID] | None],
) -> Person:
    """The person, where from `day` on they serve in what has become of the agency, and hold what has become of their posts.

    `place` tells it of a unit of before, `post` of a post: its id and agency; None for one that had ended. Whoever comes to
    another agency than their post gives it up, as whoever moves does. Who has left by then stays on record where they left.
    """
    if person.left_on is not None and person.left_on <= day:
        return person
    assignments = person.assignments
    for span in person.assignments:
        if span.value.agency_id == agency_id and (span.valid_to is None or span.valid_to > day):
            assignments = put(assignments, place(span.value.unit_id), max(span.valid_from, day), span.valid_to)
    holdings: list[Holding] = []
    for each in person.holdings:
        became = post(each.post_id) if each.valid_to is None or each.valid_to > day else None
        if became is None:
            holdings.append(each)
            continue
        if each.valid_from < day:
            holdings.append(replace(each, valid_to=day))
        post_id, receiver = became
        holdings.append(replace(each, post_id=post_id, agency_id=receiver, valid_from=max(each.valid_from, day)))
    return as_served(replace(person, assignments=assignments, holdings=tuple(holdings)))
