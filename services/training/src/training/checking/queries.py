"""Reading what is in somebody's hands, and what was decided."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from training.checking.schemas import CheckOut, DecisionOut
from training.checking.tables import Check
from training.domain.checking import check_open
from training.domain.rules import Book
from training.records.reach import visible
from training.records.schemas import Recorded
from training.records.tables import Record

FOUND = select(Check, Record).join(Record, col(Record.id) == col(Check.record_id))


async def held_page(session: AsyncSession, window: Window, caller: Caller[Book]) -> Page[CheckOut]:
    """The records in the caller's hands, in the order they were taken."""
    found = FOUND.where(
        col(Check.held_by) == caller.subject,
        col(Check.verdict).is_(None),
        col(Check.until) > caller.now,
        visible(caller),
    )
    rows = await session.execute(window.narrow(found, col(Check.id), BY_ID))
    return window.page([_shown(check, record) for check, record in rows], lambda shown: [shown.id])


async def checks(session: AsyncSession, ids: Collection[UUID]) -> list[CheckOut]:
    """These checks, the one that waits longest first."""
    rows = await session.execute(FOUND.where(col(Check.id).in_(ids)).order_by(col(Record.id)))
    return [_shown(check, record) for check, record in rows]


async def check(session: AsyncSession, check_id: UUID, caller: Caller[Book]) -> CheckOut:
    """A check of a record that the caller may see. Raises Refused `not-found`."""
    return _shown(*await _seen(session, check_id, caller))


async def held(session: AsyncSession, check_id: UUID, caller: Caller[Book]) -> CheckOut:
    """A check that is in the caller's hands now. Raises Refused: `not-found`, `check-decided`, `lease-over`."""
    return _shown(*await _in_hand(session, check_id, caller))


async def record_in_hand(session: AsyncSession, check_id: UUID, caller: Caller[Book]) -> Record:
    """The record of a check that is in the caller's hands now. Raises Refused: `not-found`, `check-decided`, `lease-over`."""
    return (await _in_hand(session, check_id, caller))[1]


async def decision_page(
    session: AsyncSession, window: Window, record_id: UUID, caller: Caller[Book]
) -> Page[DecisionOut]:
    """What was decided of a record, the first time first. Raises Refused `not-found`."""
    record = await session.scalar(select(Record).where(col(Record.id) == record_id, visible(caller)))
    if record is None:
        raise Refused("not-found")
    found = select(Check).where(col(Check.record_id) == record_id, col(Check.verdict).is_not(None))
    checks = await session.scalars(window.narrow(found, col(Check.id), BY_ID))
    shown = [DecisionOut(**each.model_dump(), person_id=record.person_id) for each in checks]
    return window.page(shown, lambda each: [each.id])


async def _in_hand(session: AsyncSession, check_id: UUID, caller: Caller[Book]) -> Row[Check, Record]:
    row = await _seen(session, check_id, caller)
    check_open(row[0].verdict, row[0].held_by, row[0].until, caller.subject, caller.now)
    return row


async def _seen(session: AsyncSession, check_id: UUID, caller: Caller[Book]) -> Row[Check, Record]:
    row = (await session.execute(FOUND.where(col(Check.id) == check_id, visible(caller)))).one_or_none()
    if row is None:
        raise Refused("not-found")
    return row


def _shown(check: Check, record: Record) -> CheckOut:
    said = check.model_dump(include={"id", "until", "verdict", "reason"})
    return CheckOut(**said, record=Recorded.model_validate(record))
