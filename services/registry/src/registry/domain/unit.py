"""A unit of an agency: what it is called and where it stands in the tree, over time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from common.refused import Refused
from registry.domain.dated import lives, restated
from registry.domain.history import History, at_or_first, begins_on, begun
from registry.domain.lines import find_loop, shown


@dataclass(frozen=True, slots=True)
class UnitState:
    """What a unit is called, and which unit of the same agency it is a part of."""

    name: str
    parent_id: UUID | None


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of an agency. Once it is closed, from `closed_on` on, it is no more; `successors` took over."""

    id: UUID
    agency_id: UUID
    code: str
    states: History[UnitState]
    closed_on: date | None = None
    successors: tuple[UUID, ...] = ()
    version: int = 0


Units = Mapping[UUID, Unit]


def found_unit(unit: Unit, state: UnitState, start: date, known: Units) -> Unit:
    """A new unit as it is from `start` on; of `unit` only id, agency and code count. Raises Refused."""
    _check_parent(unit, state, start, None, known)
    return replace(unit, states=begun(state, start))


def restate_unit(unit: Unit, state: UnitState, start: date, known: Units) -> Unit:
    """The unit as it is from `start` until its next change on record. Raises Refused."""
    states, end = restated(unit.states, unit.closed_on, state, start, "unit-closed")
    if states != unit.states:
        _check_parent(unit, state, start, end, known)
    return replace(unit, states=states)


def _check_parent(unit: Unit, state: UnitState, start: date, end: date | None, known: Units) -> None:
    if state.parent_id is None:
        return
    parent = unit if state.parent_id == unit.id else known.get(state.parent_id)
    if parent is None or parent.agency_id != unit.agency_id:
        raise Refused("unit-unknown", "parent_id")
    if parent is not unit and not lives(begins_on(parent.states), parent.closed_on, start, end):
        raise Refused("unit-closed", "parent_id")

    def above(unit_id: UUID) -> list[tuple[date, date | None, UUID | None]]:
        return [(span.valid_from, span.valid_to, span.value.parent_id) for span in known[unit_id].states]

    if loop := find_loop(unit.id, parent.id, start, end, above):
        day, way = loop
        names = [state.name if each == unit.id else at_or_first(known[each].states, day).name for each in way]
        raise Refused("unit-loop", "parent_id", path=shown(names))
