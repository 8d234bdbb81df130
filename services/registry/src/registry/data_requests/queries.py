"""Reading requests about people's data."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from registry.data_requests.schemas import DataRequestOut, StepOut
from registry.domain.data_request import State
from registry.people import queries as people
from registry.tables import data_request_steps, data_requests


async def request(session: AsyncSession, request_id: UUID, caller: Caller[None]) -> DataRequestOut:
    """A request with its steps. Raises Refused `not-found`."""
    found = await session.execute(select(data_requests).where(data_requests.c.id == request_id, seen(caller)))
    row = found.one_or_none()
    if row is None:
        raise Refused("not-found")
    [shown] = await _shown(session, [row], caller)
    return shown


async def request_page(
    session: AsyncSession,
    window: Window,
    caller: Caller[None],
    state: State | None,
    person_id: UUID | None,
    *,
    overdue: bool,
) -> Page[DataRequestOut]:
    """Requests in the order they were made; only those of a state or a person, or those that should have been answered by now."""
    found = select(data_requests).where(seen(caller)).order_by(data_requests.c.id).limit(window.limit + 1)
    if state is not None:
        found = found.where(data_requests.c.state == state)
    if person_id is not None:
        found = found.where(data_requests.c.person_id == person_id)
    if overdue:
        found = found.where(data_requests.c.state == "open", data_requests.c.due_at < caller.now)
    if before := window.seen(BY_ID):
        found = found.where(data_requests.c.id > before[0])
    rows = (await session.execute(found)).all()
    return window.page(await _shown(session, rows, caller), lambda shown: [shown.id])


def seen(caller: Caller[None]) -> ColumnElement[bool]:
    """One's own, and those of whoever serves in one's agency."""
    person_id = data_requests.c.person_id
    return or_(people.own(caller, person_id), people.serves_with(caller, person_id))


async def _shown(session: AsyncSession, rows: Sequence[Row[Any]], caller: Caller[None]) -> list[DataRequestOut]:
    ids = [row.id for row in rows]
    steps: dict[UUID, list[StepOut]] = {each: [] for each in ids}
    told = select(data_request_steps).where(data_request_steps.c.request_id.in_(ids))
    for step in await session.execute(told.order_by(data_request_steps.c.version)):
        steps[step.request_id].append(StepOut(state=step.state, reason=step.reason, done_at=step.done_at))
    return [_out(row, steps[row.id], caller) for row in rows]


def _out(row: Row[Any], steps: list[StepOut], caller: Caller[None]) -> DataRequestOut:
    return DataRequestOut(
        id=row.id,
        person_id=row.person_id,
        kind=row.kind,
        part=row.part,
        wrong=row.wrong,
        paper=row.paper,
        state=row.state,
        asked_at=row.asked_at,
        due_at=row.due_at,
        overdue=row.state == "open" and row.due_at < caller.now,
        version=row.version,
        steps=steps,
    )
