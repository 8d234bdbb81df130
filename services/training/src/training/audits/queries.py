"""Reading audits, always within the caller's agencies."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from training.audits.schemas import AuditedRecordOut, AuditOut, SampleOut
from training.audits.tables import Audit, AuditedRecord, RecordSample
from training.domain.rules import Book
from training.records.schemas import Recorded
from training.records.tables import Record

DRAWN: Select[AuditedRecord, Record, Any] = (
    select(AuditedRecord, Record, col(RecordSample.due_on))
    .join(Record, col(Record.id) == col(AuditedRecord.record_id))
    .join(RecordSample, col(RecordSample.id) == col(AuditedRecord.sample_id))
)


async def audit_page(
    session: AsyncSession, window: Window, caller: Caller[Book], agency_id: UUID | None
) -> Page[AuditOut]:
    """Audits in the order they were opened."""
    found = select(Audit).where(caller.sees(col(Audit.agency_id)))
    if agency_id is not None:
        found = found.where(col(Audit.agency_id) == agency_id)
    rows = await session.scalars(window.narrow(found, col(Audit.id), BY_ID))
    return window.page([AuditOut.model_validate(row) for row in rows], lambda shown: [shown.id])


async def sample_page(session: AsyncSession, window: Window, audit_id: UUID, caller: Caller[Book]) -> Page[SampleOut]:
    """The samples of an audit in the order they were drawn. Raises Refused `not-found`."""
    await _seen(session, audit_id, caller)
    found = _counted().where(col(RecordSample.audit_id) == audit_id)
    rows = await session.execute(window.narrow(found, col(RecordSample.id), BY_ID))
    return window.page([_sample(row) for row in rows], lambda shown: [shown.id])


async def sample(session: AsyncSession, sample_id: UUID) -> SampleOut:
    """A sample that was just drawn."""
    return _sample((await session.execute(_counted().where(col(RecordSample.id) == sample_id))).one())


async def audited_page(
    session: AsyncSession, window: Window, audit_id: UUID, caller: Caller[Book]
) -> Page[AuditedRecordOut]:
    """The records that were drawn for an audit, and what was found of each. Raises Refused `not-found`."""
    await _seen(session, audit_id, caller)
    return await _page(session, window, col(RecordSample.audit_id) == audit_id)


async def own_page(session: AsyncSession, window: Window, caller: Caller[Book]) -> Page[AuditedRecordOut]:
    """The records that were given to the caller to look into."""
    return await _page(session, window, col(AuditedRecord.auditor_id) == caller.speaks_for("person"))


async def own(session: AsyncSession, item_id: UUID, caller: Caller[Book]) -> tuple[AuditedRecordOut, Record]:
    """A record that was given to the caller to look into. Raises Refused `not-found`."""
    mine = DRAWN.where(col(AuditedRecord.id) == item_id, col(AuditedRecord.auditor_id) == caller.speaks_for("person"))
    row = (await session.execute(mine)).one_or_none()
    if row is None:
        raise Refused("not-found")
    return _shown(row), row[1]


async def _seen(session: AsyncSession, audit_id: UUID, caller: Caller[Book]) -> None:
    found = select(col(Audit.id)).where(col(Audit.id) == audit_id, caller.sees(col(Audit.agency_id)))
    if await session.scalar(found) is None:
        raise Refused("not-found")


async def _page(session: AsyncSession, window: Window, which: ColumnElement[bool]) -> Page[AuditedRecordOut]:
    rows = await session.execute(window.narrow(DRAWN.where(which), col(AuditedRecord.id), BY_ID))
    return window.page([_shown(row) for row in rows], lambda shown: [shown.id])


def _shown(row: Row[AuditedRecord, Record, Any]) -> AuditedRecordOut:
    item, record, due_on = row
    told: dict[str, Any] = item.model_dump()
    return AuditedRecordOut(**told, due_on=due_on, record=Recorded.model_validate(record))


def _counted() -> Select[RecordSample, int, int, int, int, int]:
    count, finding = func.count(), col(AuditedRecord.finding)
    return (
        select(
            RecordSample,
            count,
            count.filter(col(AuditedRecord.auditor_id).is_(None)),
            count.filter(finding == "proved"),
            count.filter(finding == "not-proved"),
            count.filter(finding == "unclear"),
        )
        .join(AuditedRecord, col(AuditedRecord.sample_id) == col(RecordSample.id))
        .group_by(col(RecordSample.id))
    )


def _sample(row: Row[RecordSample, int, int, int, int, int]) -> SampleOut:
    drawn, records, without, proved, not_proved, unclear = row
    told: dict[str, Any] = drawn.model_dump()
    found: dict[str, Any] = {"proved": proved, "not_proved": not_proved, "unclear": unclear}
    return SampleOut(**told, records=records, without_auditor=without, **found)
