"""Reading units as of a day, always within the caller's agency."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Date, Select, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.web.pages import Page, Window
from contracts.callers import Caller
from registry.agencies.queries import agency
from registry.fields import Code
from registry.periods import holds
from registry.units.schemas import UnitHistoryOut, UnitOut, UnitStateOut
from registry.units.tables import successors, unit_states, units

BY_CODE: TypeAdapter[tuple[Code]] = TypeAdapter(tuple[Code])


async def unit(session: AsyncSession, unit_id: UUID, caller: Caller[None], as_of: date | None = None) -> UnitOut:
    """One unit as of a day. Raises Refused `not-found`, also for a day on which it was not there."""
    found = _as_of(as_of or caller.today).where(units.c.id == unit_id, caller.sees(units.c.agency_id))
    row = (await session.execute(found)).one_or_none()
    if row is None:
        raise Refused("not-found")
    return UnitOut(**row._asdict())


async def just_changed(session: AsyncSession, unit_id: UUID, day: date) -> UnitOut:
    """A unit the caller has just changed, on the day nearest to `day` on which it is there."""
    nearest = (
        _states()
        .where(units.c.id == unit_id)
        .order_by(unit_states.c.valid_from > day, func.abs(unit_states.c.valid_from - literal(day, Date)))
        .limit(1)
    )
    return UnitOut(**(await session.execute(nearest)).one()._asdict())


async def unit_page(
    session: AsyncSession, agency_id: UUID, window: Window, caller: Caller[None], as_of: date | None
) -> Page[UnitOut]:
    """The units of an agency on a day, in the order of their codes.

    Raises Refused `not-found` for an agency out of sight.
    """
    await agency(session, agency_id, caller)
    found = _as_of(as_of or caller.today).where(units.c.agency_id == agency_id).order_by(units.c.code)
    if seen := window.seen(BY_CODE):
        found = found.where(units.c.code > seen[0])
    rows = [UnitOut(**row._asdict()) for row in await session.execute(found.limit(window.limit + 1))]
    return window.page(rows, key=lambda row: [row.code])


async def history(session: AsyncSession, unit_id: UUID, caller: Caller[None]) -> UnitHistoryOut:
    """Everything on record of a unit. Raises Refused `not-found`."""
    row = (
        await session.execute(select(units).where(units.c.id == unit_id, caller.sees(units.c.agency_id)))
    ).one_or_none()
    if row is None:
        raise Refused("not-found")
    states = select(unit_states).where(unit_states.c.unit_id == unit_id).order_by(unit_states.c.valid_from)
    after = select(successors.c.successor_id).where(successors.c.unit_id == unit_id)
    return UnitHistoryOut(
        unit_id=unit_id,
        agency_id=row.agency_id,
        code=row.code,
        states=[UnitStateOut.model_validate(state, from_attributes=True) for state in await session.execute(states)],
        successors=list(await session.scalars(after.order_by(successors.c.successor_id))),
        version=row.version,
    )


def _states() -> Select[*tuple[Any, ...]]:
    return select(
        units.c.id,
        units.c.agency_id,
        units.c.code,
        unit_states.c.name,
        unit_states.c.parent_id,
        unit_states.c.valid_from,
        unit_states.c.valid_to,
        units.c.version,
    ).join(unit_states, unit_states.c.unit_id == units.c.id)


def _as_of(as_of: date) -> Select[*tuple[Any, ...]]:
    return _states().where(holds(unit_states, literal(as_of, Date)))
