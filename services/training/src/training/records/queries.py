"""Reading records and what they said before."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from training.domain.rules import Book
from training.records.reach import visible
from training.records.schemas import History, Recorded, Version
from training.records.tables import Record, RecordVersion, counts_in
from training.records.writing import stored


async def record(session: AsyncSession, record_id: UUID, caller: Caller[Book]) -> Recorded:
    """A record. Raises Refused `not-found`, also for one the caller may not see."""
    return Recorded.model_validate(await _find(session, record_id, caller))


async def recorded(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Recorded]:
    """These records, by id."""
    return {record_id: Recorded.model_validate(row) for record_id, row in (await stored(session, ids)).items()}


async def as_sent(session: AsyncSession, ids: Sequence[UUID], caller: Caller[Book]) -> dict[UUID, Recorded]:
    """What those of these records said first that their sender may see no more, since the person had moved."""
    if not ids:
        return {}
    first = await session.execute(
        select(col(RecordVersion.record_id), col(RecordVersion.state))
        .join(Record, col(Record.id) == col(RecordVersion.record_id))
        .where(col(Record.id).in_(ids), col(RecordVersion.version) == 1, not_(visible(caller)))
    )
    return {record_id: Recorded.model_validate(state) for record_id, state in first}


async def record_page(
    session: AsyncSession, window: Window, caller: Caller[Book], person_id: UUID, year: int | None
) -> Page[Recorded]:
    """A person's records in the order they were recorded."""
    found = select(Record).where(col(Record.person_id) == person_id, visible(caller))
    if year is not None:
        found = found.where(or_(col(Record.year) == year, counts_in(year)))
    records = (await session.scalars(window.narrow(found, col(Record.id), BY_ID))).all()
    return window.page([Recorded.model_validate(one) for one in records], lambda shown: [shown.id])


async def history(session: AsyncSession, record_id: UUID, caller: Caller[Book]) -> History:
    """Every version of a record; one that was never changed has only what was recorded first."""
    record = await _find(session, record_id, caller)
    versions = (
        await session.scalars(
            select(RecordVersion).where(col(RecordVersion.record_id) == record_id).order_by(col(RecordVersion.version))
        )
    ).all()
    if versions:
        return History(items=[Version.model_validate(version) for version in versions])
    first = Version(
        version=record.version,
        state=Recorded.model_validate(record),
        reason=None,
        changed_by=record.submitted_by,
        changed_at=record.recorded_at,
    )
    return History(items=[first])


async def _find(session: AsyncSession, record_id: UUID, caller: Caller[Book]) -> Record:
    record = await session.scalar(select(Record).where(col(Record.id) == record_id, visible(caller)))
    if record is None:
        raise Refused("not-found")
    return record
