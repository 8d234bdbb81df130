"""Reading files of people's data."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.store.files import Files
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from contracts.holders import HOLDERS
from registry.data_files.schemas import DataFileOut, Form
from registry.data_files.store import answered, content_id
from registry.data_files.tables import data_files
from registry.people import queries as people


async def data_file(session: AsyncSession, file_id: UUID, caller: Caller[None]) -> DataFileOut:
    """A file that was asked for. Raises Refused `not-found`."""
    row = await _one(session, file_id, caller)
    return _out(row, await answered(session, [row.id]))


async def data_file_page(
    session: AsyncSession, window: Window, caller: Caller[None], person_id: UUID | None
) -> Page[DataFileOut]:
    """The files of the caller's own data, and those that were asked for in their agency for somebody else."""
    found = select(data_files).where(_seen(caller)).order_by(data_files.c.id).limit(window.limit + 1)
    if person_id is not None:
        found = found.where(data_files.c.person_id == person_id)
    if seen := window.seen(BY_ID):
        found = found.where(data_files.c.id > seen[0])
    rows = (await session.execute(found)).all()
    by = await answered(session, [row.id for row in rows])
    return window.page([_out(row, by) for row in rows], lambda shown: [shown.id])


async def content(
    session: AsyncSession, file_id: UUID, form: Form, files: Files, caller: Caller[None]
) -> tuple[UUID, bytes]:
    """Whose data a file holds, and what is in it. Raises Refused: `not-found`, `data-file-not-ready`, `data-file-erased`."""
    row = await _one(session, file_id, caller)
    if row.state not in {"ready", "erased"}:
        raise Refused("data-file-not-ready")
    if row.state == "erased" or row.last_day < caller.today:
        raise Refused("data-file-erased")
    digest = row.json_sha256 if form == "json" else row.pdf_sha256
    try:
        return row.person_id, await files.get(content_id(file_id, form), digest)
    except FileNotFoundError:  # taken away a moment ago
        raise Refused("data-file-erased") from None


async def _one(session: AsyncSession, file_id: UUID, caller: Caller[None]) -> Row[Any]:
    row = (await session.execute(select(data_files).where(data_files.c.id == file_id, _seen(caller)))).one_or_none()
    if row is None:
        raise Refused("not-found")
    return row


def _out(row: Row[Any], by: Mapping[UUID, Collection[str]]) -> DataFileOut:
    is_open = row.state == "gathering"
    return DataFileOut(
        id=row.id,
        person_id=row.person_id,
        language=row.language,
        reason=row.reason,
        asked_at=row.asked_at,
        state=row.state,
        missing=[name for name in HOLDERS if is_open and name not in by.get(row.id, ())],
        last_day=row.last_day,
        json_size=row.json_size,
        pdf_size=row.pdf_size,
    )


def _seen(caller: Caller[None]) -> ColumnElement[bool]:
    """One's own, and those asked for by somebody's agency; that somebody asked for their own is nobody else's business."""
    person_id = data_files.c.person_id
    of_agency = and_(data_files.c.reason.is_not(None), people.serves_with(caller, person_id))
    return or_(people.own(caller, person_id), of_agency)
