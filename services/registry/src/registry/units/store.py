"""Units between the database and the domain, and the event of a change.

Whoever writes units takes turns with the others who do (`lock`); agencies come before, posts and people after.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.store import sets
from common.store.outbox import emit
from common.store.sets import Row
from contracts.callers import Caller
from contracts.events import registry as events
from registry.audit import audit_row
from registry.domain.history import Span
from registry.domain.unit import Unit, UnitState
from registry.tables import changes
from registry.units.tables import successors, unit_states, units

Codes = Collection[tuple[UUID, str]]
"""Codes of units or posts with the ids of their agencies."""

_ABOVE = text(
    "WITH RECURSIVE above (id) AS ("
    " SELECT id FROM units WHERE id = ANY(CAST(:ids AS uuid[]))"
    " OR (agency_id, code) IN (SELECT * FROM unnest(CAST(:agencies AS uuid[]), CAST(:codes AS text[])))"
    " UNION SELECT s.parent_id FROM above JOIN unit_states s ON s.unit_id = above.id WHERE s.parent_id IS NOT NULL"
    ") SELECT units.*, s.valid_from, s.valid_to, s.name, s.parent_id,"
    " ARRAY(SELECT successor_id FROM successors WHERE unit_id = units.id ORDER BY successor_id) AS successors"
    " FROM above JOIN units USING (id) JOIN unit_states s ON s.unit_id = units.id ORDER BY s.valid_from"
)
_HELD = text(
    "SELECT id FROM units WHERE id = ANY(CAST(:ids AS uuid[]))"
    " OR (agency_id, code) IN (SELECT * FROM unnest(CAST(:agencies AS uuid[]), CAST(:codes AS text[])))"
    " ORDER BY id FOR SHARE"
)
Pair = tuple[Unit | None, Unit]


async def lock(session: AsyncSession) -> None:
    """Waits for its turn to write units: so codes stay unique and trees free of loops."""
    await session.execute(text("LOCK TABLE units IN SHARE ROW EXCLUSIVE MODE"))


async def present(session: AsyncSession, ids: Collection[UUID] = (), codes: Codes = ()) -> dict[UUID, Unit]:
    """Units by id and by code, and whatever ever stood above them."""
    given = {"ids": list(ids), "agencies": [agency for agency, _ in codes], "codes": [code for _, code in codes]}
    spans: defaultdict[UUID, list[Span[UnitState]]] = defaultdict(list)
    found: dict[UUID, Unit] = {}
    for row in await session.execute(_ABOVE, given):
        spans[row.id].append(Span(UnitState(row.name, row.parent_id), row.valid_from, row.valid_to))
        found[row.id] = Unit(
            row.id, row.agency_id, row.code, (), row.valid_to, tuple(row.successors), version=row.version
        )
    return {
        unit_id: replace(unit, states=(*spans[unit_id][:-1], replace(spans[unit_id][-1], valid_to=None)))
        for unit_id, unit in found.items()
    }


async def held(session: AsyncSession, ids: Collection[UUID], codes: Codes) -> dict[UUID, Unit]:
    """`present`, and nobody closes the units named until the transaction ends."""
    given = {"ids": list(ids), "agencies": [agency for agency, _ in codes], "codes": [code for _, code in codes]}
    return await present(session, list(await session.scalars(_HELD, given)))


async def save(session: AsyncSession, pairs: Sequence[Pair], caller: Caller[None]) -> None:
    """Stores what changed as the next version of each unit, says who did it, and announces it."""
    changed = [(before, replace(after, version=after.version + 1)) for before, after in pairs if before != after]
    await sets.add(session, units, [_row(after) for before, after in changed if before is None])
    await sets.update(session, units, [_row(after) for before, after in changed if before is not None])
    old = [
        {"unit_id": before.id, "valid_from": span.valid_from}
        for before, _ in changed
        if before
        for span in before.states
    ]
    await sets.delete(session, unit_states, old)
    await sets.add(session, unit_states, [row for _, after in changed for row in _states(after)])
    await sets.add(
        session,
        successors,
        [
            {"unit_id": after.id, "successor_id": successor}
            for before, after in changed
            for successor in after.successors
            if before is None or successor not in before.successors
        ],
    )
    await sets.add(session, changes, [audit_row(before, after, caller) for before, after in changed])
    for _, after in changed:
        emit(session, _event(after), sequence=after.version, time=caller.now)


def _row(unit: Unit) -> Row:
    return {"id": unit.id, "agency_id": unit.agency_id, "code": unit.code, "version": unit.version}


def _states(unit: Unit) -> list[Row]:
    return [
        {
            "unit_id": unit.id,
            "valid_from": span.valid_from,
            "valid_to": span.valid_to or unit.closed_on,
            "agency_id": unit.agency_id,
            "name": span.value.name,
            "parent_id": span.value.parent_id,
        }
        for span in unit.states
    ]


def _event(unit: Unit) -> events.UnitChanged:
    return events.UnitChanged(
        unit_id=unit.id,
        agency_id=unit.agency_id,
        code=unit.code,
        states=[
            events.UnitState(
                name=span.value.name,
                parent_id=span.value.parent_id,
                valid_from=span.valid_from,
                valid_to=span.valid_to or unit.closed_on,
            )
            for span in unit.states
        ],
        successors=list(unit.successors),
    )
