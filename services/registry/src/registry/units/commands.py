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
from registry.domain.dated import EVER
from registry.domain.history import at_or_first
from registry.domain.unit import Unit, UnitState, found_unit, restate_unit
from registry.naming import Known, one_of
from registry.units import store
from registry.units.schemas import UnitIn, UnitLine


async def add_unit(session: AsyncSession, agency_id: UUID, document: UnitIn, caller: Caller[None]) -> UUID:
    """A new unit of an agency. Raises Refused."""
    await store.lock(session)
    agency = await session.get(AgencyRow, agency_id) if caller.reaches(agency_id) else None
    if agency is None:
        raise Refused("not-found")
    if not agency.active:
        raise Refused("agency-closed")
    known = await _known(session, [(agency_id, document)])
    if known.coded(agency_id, document.code):
        raise Refused("code-taken", field="code")
    created = _decided(document, agency_id, None, known, caller)
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
    known = await _known(session, [(before.agency_id, document)])
    if known.by_code.get((before.agency_id, document.code), unit_id) != unit_id:
        raise Refused("code-taken", field="code")
    known.by_id |= {unit_id: before}
    await store.save(session, [(before, _decided(document, before.agency_id, before, known, caller))], caller)


async def upsert_units(session: AsyncSession, lines: Sequence[UnitLine], caller: Caller[None]) -> list[Answer]:
    """Units by agency and code, each line seeing those before it. The number of statements does not grow with the lines."""
    await store.lock(session)
    agencies = await named(session, lines)
    placed = [(agency_id, line) for line in lines for agency_id in agencies.possible(line)]
    known = await _known(session, placed)
    before = dict(known.by_id)

    def decide(line: UnitLine) -> Done:
        agency_id = agencies.meant(line, caller)
        now = known.coded(agency_id, line.code)
        if now is None:
            agencies.check_open(agency_id)
        unit = _decided(line, agency_id, now, known, caller)
        known.keep(unit)
        return Done("stored" if now is None else "unchanged" if unit == now else "updated", unit.id)

    answers = answer_each(lines, decide)
    await store.save(session, [(before.get(unit_id), unit) for unit_id, unit in known.by_id.items()], caller)
    return answers


def _decided(document: UnitIn, agency_id: UUID, before: Unit | None, known: Known[Unit], caller: Caller[None]) -> Unit:
    """The unit as a document says. Raises Refused."""
    if before is None:
        unit_id = document.id or new_id()
        if unit_id in known.by_id:
            raise Refused("id-taken", "id")
        state = _state(document, agency_id, None, known)
        return found_unit(Unit(unit_id, agency_id, document.code, ()), state, document.valid_from or EVER, known.by_id)
    if document.id not in (None, before.id):
        raise Refused("id-taken", "id")
    start = document.valid_from or caller.today
    state = _state(document, agency_id, at_or_first(before.states, start), known)
    return restate_unit(replace(before, code=document.code), state, start, known.by_id)


def _state(document: UnitIn, agency_id: UUID, before: UnitState | None, known: Known[Unit]) -> UnitState:
    if document.parent_code is None:
        return UnitState(document.name, said(document, "parent_id", before))
    names = {"parent_id": document.parent_id, "parent_code": document.parent_code}
    return UnitState(document.name, one_of(names, lambda name: known.find(agency_id, name), "unit-unknown"))


async def _known(session: AsyncSession, documents: Sequence[tuple[UUID, UnitIn]]) -> Known[Unit]:
    ids = {each for _, document in documents for each in (document.id, document.parent_id) if each}
    codes = {
        (agency_id, code) for agency_id, document in documents for code in (document.code, document.parent_code) if code
    }
    return Known(await store.present(session, ids, codes))
