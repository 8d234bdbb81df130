"""What becomes of an agency that merges into another, or is split: of its units, and of the people in them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from common.refused import Refused
from registry.domain.history import Span, at_or_first, begins_on, put
from registry.domain.person import Person, Place
from registry.domain.unit import Unit, UnitState

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
    used = {*taken}
    for unit_id, agency_id in goes_to.items():
        unit = units[unit_id]
        code = unit.code if (agency_id, unit.code) not in used else f"{prefix}/{unit.code}"[:LONGEST_CODE]
        if (agency_id, code) in used:
            raise Refused("code-taken", "shares")
        used.add((agency_id, code))
        after = Unit(
            id=new_id(unit_id),
            agency_id=agency_id,
            code=code,
            states=tuple(
                Span(_state(span.value, agency_id, goes_to, new_id), max(span.valid_from, day), span.valid_to)
                for span in unit.states
                if span.valid_to is None or span.valid_to > day
            ),
            closed_on=unit.closed_on,
        )
        before = tuple(span for span in unit.states if span.valid_from < day)
        closed = replace(
            unit, states=(*before[:-1], replace(before[-1], valid_to=None)), closed_on=day, successors=(after.id,)
        )
        pairs += [(None, after), (unit, closed)]
    return pairs


def _state(
    state: UnitState, agency_id: UUID, goes_to: Mapping[UUID, UUID], new_id: Callable[[UUID], UUID]
) -> UnitState:
    """A unit stays under the one above it where both go to one agency."""
    together = state.parent_id is not None and goes_to.get(state.parent_id) == agency_id
    return UnitState(state.name, new_id(state.parent_id) if together and state.parent_id else None)


def moved(person: Person, agency_id: UUID, day: date, place: Callable[[UUID | None], Place]) -> Person:
    """The person, where from `day` on they serve in what has become of the agency; `place` tells it of a unit of before.

    Who has left by then stays on record where they left.
    """
    if person.left_on is not None and person.left_on <= day:
        return person
    assignments = person.assignments
    for span in person.assignments:
        if span.value.agency_id == agency_id and (span.valid_to is None or span.valid_to > day):
            assignments = put(assignments, place(span.value.unit_id), max(span.valid_from, day), span.valid_to)
    return replace(person, assignments=assignments)
