"""Asking that one's data be corrected or rest, answering that, and telling the PIC of what was not answered in time."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.ids import derived_id, new_id
from common.refused import Refused
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events.notification import MessageRequested
from contracts.parts import PARTS
from contracts.zone import JAKARTA
from registry.data_requests import queries
from registry.data_requests.schemas import DataRequestIn
from registry.domain.data_request import NEVER_RESTS, OWN, Act, due_at, moved
from registry.people import store as people
from registry.resting import tell
from registry.tables import data_request_steps, data_requests

WEEK = timedelta(days=7)
OVERDUE = text(
    "UPDATE data_requests r SET escalated_at = :now FROM assignments a"
    " WHERE r.state = 'open' AND r.due_at < :now AND r.escalated_at IS NULL AND a.person_id = r.person_id"
    " AND a.valid_from <= :today AND (a.valid_to IS NULL OR a.valid_to > :today)"
    " RETURNING r.id, r.kind, r.asked_at, a.agency_id"
)


async def ask(session: AsyncSession, asked: DataRequestIn, caller: Caller[None]) -> UUID:
    """Asks for something about one's own data; the clock runs from now. Raises Refused: `not-found`, `part-unknown`, `part-never-rests`."""
    person_id = caller.speaks_for("person")
    if person_id not in await people.present(session, [person_id], lock=True):
        raise Refused("not-found")
    if asked.part not in PARTS:
        raise Refused("part-unknown", field="part")
    if asked.kind == "restriction" and asked.part in NEVER_RESTS:
        raise Refused("part-never-rests", field="part")
    request_id, now = new_id(), caller.now
    row = {
        **asked.model_dump(),
        "id": request_id,
        "person_id": person_id,
        "state": "open",
        "asked_at": now,
        "due_at": due_at(asked.kind, now, caller.today),
        "version": 1,
    }
    await session.execute(data_requests.insert().values(row))
    await _note(session, request_id, 1, "open", None, caller)
    return request_id


async def act(session: AsyncSession, request_id: UUID, what: Act, reason: str | None, caller: Caller[None]) -> None:
    """Moves a request. Raises Refused: `not-found`, `own-request`, `field-missing` for a refusal without a reason, `request-state`."""
    found = select(data_requests).where(data_requests.c.id == request_id, queries.seen(caller))
    row = (await session.execute(found.with_for_update(of=data_requests))).one_or_none()
    if row is None:
        raise Refused("not-found")
    if (caller.person == row.person_id) != (what in OWN):
        raise Refused("own-request")
    state = moved(row.kind, row.state, what)
    if what == "refuse" and reason is None:
        raise Refused("field-missing", field="reason")
    changed = data_requests.update().where(data_requests.c.id == request_id)
    await session.execute(changed.values(state=state, version=row.version + 1))
    await _note(session, request_id, row.version + 1, state, reason, caller)
    if state in {"in_force", "lifted"}:
        await tell(session, row.person_id, caller.now)
    if what not in OWN:
        message = MessageRequested(
            request_id=derived_id("data-request", request_id, row.version + 1),
            recipient="person",
            recipient_id=row.person_id,
            template="data-request",
            values={"asked_on": _day(row.asked_at).isoformat(), "granted": what == "grant"},
            reason="own-request",
            expires_at=caller.now + WEEK,
        )
        emit(session, message, sequence=1, time=caller.now)


async def escalate(session: AsyncSession, clock: Clock) -> int:
    """Tells the PIC of each request that should have been answered by now, once; gives how many they are."""
    rows = (await session.execute(OVERDUE, {"now": clock.now(), "today": clock.today()})).all()
    for row in sorted(rows, key=lambda each: each.id):
        message = MessageRequested(
            request_id=derived_id("data-request-overdue", row.id),
            recipient="pic",
            recipient_id=row.agency_id,
            template="data-request-overdue",
            values={"number": str(row.id), "asked_on": _day(row.asked_at).isoformat()},
            reason="pic-of-agency",
            expires_at=clock.now() + WEEK,
        )
        emit(session, message, sequence=1, time=clock.now())
    return len(rows)


async def _note(
    session: AsyncSession, request_id: UUID, version: int, state: str, reason: str | None, caller: Caller[None]
) -> None:
    row = {"request_id": request_id, "version": version, "state": state, "reason": reason}
    await session.execute(data_request_steps.insert().values(row | {"done_by": caller.subject, "done_at": caller.now}))


def _day(moment: datetime) -> date:
    return moment.astimezone(JAKARTA).date()
