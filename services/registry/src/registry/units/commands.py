"""Changes of units, one or hundreds at a time by the same path."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done, answer_each
from common.fields import said
from common.ids import new_id
from common.refused import Refused
from common.web import etag
from contracts.callers import Caller
from registry.agencies.store import named
from registry.agencies.tables import AgencyRow
from registry.domain.history import at_or_first
from registry.domain.unit import EVER, Unit, UnitState, found_unit, restate_unit
from registry.naming import one_of
from registry.units import store
from registry.units.schemas import UnitIn, UnitLine


async def add_unit(session: AsyncSession, agency_id: UUID, document: UnitIn, caller: Caller[None]) -> UUID:
    """A new unit of an agency. Raises Refused."""
    await store.lock(session)
    if not caller.reaches(agency_id) or await session.get(AgencyRow, agency_id) is None:
        raise Refused("not-found")
    kept = await _kept(session, [(agency_id, document)])
    if (agency_id, document.code) in kept.by_code:
        raise Refused("code-taken", field="code")
    created = kept.decided(document, agency_id, None, caller)
    await store.save(session, [(None, created)], caller)
    return created.id


async def revise_unit(
    session: AsyncSession, unit_id: UUID, document: UnitIn, seen: etag.Versions, caller: Caller[None]
) -> None:
    """A unit as the document says. Raises Refused."""
    await store.lock(session)
    before = (await store.present(session, [unit_id])).get(unit_id)
    if before is None or not caller.reaches(before.agency_id):
        raise Refused("not-found")
    etag.check(seen, before.version)
    kept = await _kept(session, [(before.agency_id, document)])
    if kept.by_code.get((before.agency_id, document.code), unit_id) != unit_id:
        raise Refused("code-taken", field="code")
    await store.save(session, [(before, kept.decided(document, before.agency_id, before, caller))], caller)


async def upsert_units(session: AsyncSession, lines: Sequence[UnitLine], caller: Caller[None]) -> list[Answer]:
    """Units by agency and code, each line seeing those before it. The number of statements does not grow with the lines."""
    await store.lock(session)
    agencies = await named(session, lines)
    placed = [(agency_id, line) for line in lines for agency_id in agencies.possible(line)]
    kept = await _kept(session, placed)
    before = dict(kept.units)

    def decide(line: UnitLine) -> Done:
        agency_id = agencies.meant(line, caller)
        known_id = kept.by_code.get((agency_id, line.code))
        known = kept.units.get(known_id) if known_id else None
        unit = kept.decided(line, agency_id, known, caller)
        kept.keep(unit)
        return Done("stored" if known is None else "unchanged" if unit == known else "updated", unit.id)

    answers = answer_each(lines, decide)
    await store.save(session, [(before.get(unit_id), unit) for unit_id, unit in kept.units.items()], caller)
    return answers


class _Kept:
    """The units some documents speak of, as decided so far."""

    def __init__(self, units: dict[UUID, Unit]) -> None:
        self.units = units
        self.by_code = {(unit.agency_id, unit.code): unit.id for unit in units.values()}

    def keep(self, unit: Unit) -> None:
        self.units[unit.id] = unit
        self.by_code[unit.agency_id, unit.code] = unit.id

    def decided(self, document: UnitIn, agency_id: UUID, before: Unit | None, caller: Caller[None]) -> Unit:
        """The unit as a document says. Raises Refused."""
        if before is None:
            unit_id = document.id or new_id()
            if unit_id in self.units:
                raise Refused("id-taken", "id")
            unit = Unit(unit_id, agency_id, document.code, ())
            start = document.valid_from or EVER
            return found_unit(unit, self._state(document, unit, None), start, self.units)
        if document.id not in (None, before.id):
            raise Refused("id-taken", "id")
        start = document.valid_from or caller.today
        state = self._state(document, before, at_or_first(before.states, start))
        return restate_unit(replace(before, code=document.code), state, start, self.units)

    def _state(self, document: UnitIn, unit: Unit, before: UnitState | None) -> UnitState:
        if document.parent_code is None:
            return UnitState(document.name, said(document, "parent_id", before))
        names = {"parent_id": document.parent_id, "parent_code": document.parent_code}
        return UnitState(document.name, one_of(names, lambda name: self._find(unit, name), "unit-unknown"))

    def _find(self, unit: Unit, name: UUID | str) -> UUID | None:
        return name if isinstance(name, UUID) else self.by_code.get((unit.agency_id, name))


async def _kept(session: AsyncSession, documents: Sequence[tuple[UUID, UnitIn]]) -> _Kept:
    ids = {each for _, document in documents for each in (document.id, document.parent_id) if each}
    codes = {
        (agency_id, code) for agency_id, document in documents for code in (document.code, document.parent_code) if code
    }
    return _Kept(await store.present(session, ids, codes))
