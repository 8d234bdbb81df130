"""Reading files of people's data."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.store.files import Files
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from contracts.personal import HOLDERS
from registry.data_files.schemas import DataFileOut, Form
from registry.data_files.store import content_id
from registry.data_files.tables import data_files, data_parts
from registry.people.tables import assignments


async def data_file(session: AsyncSession, file_id: UUID, caller: Caller[None]) -> DataFileOut:
    """A file that was asked for. Raises Refused `not-found`."""
    return await _shown(session, await _one(session, file_id, caller))


async def data_file_page(session: AsyncSession, window: Window, caller: Caller[None]) -> Page[DataFileOut]:
    """The files of the caller's own data, and those that were asked for in their agency for somebody else."""
    found = select(data_files).where(_seen(caller)).order_by(data_files.c.id).limit(window.limit + 1)
    if seen := window.seen(BY_ID):
        found = found.where(data_files.c.id > seen[0])
    rows = (await session.execute(found)).all()
    answered = await _answered(session, [row.id for row in rows])
    return window.page([_out(row, answered) for row in rows], lambda shown: [shown.id])


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


async def _shown(session: AsyncSession, row: Row[Any]) -> DataFileOut:
    return _out(row, await _answered(session, [row.id]))


async def _answered(session: AsyncSession, file_ids: list[UUID]) -> dict[UUID, set[str]]:
    """Who has answered for each file."""
    found = await session.execute(
        select(data_parts.c.file_id, data_parts.c.service)
        .where(data_parts.c.file_id.in_(file_ids))
        .group_by(data_parts.c.file_id, data_parts.c.service)
        .having(func.count() == func.max(data_parts.c.of))
    )
    answered: dict[UUID, set[str]] = {}
    for file_id, service in found:
        answered.setdefault(file_id, set()).add(service)
    return answered


def _out(row: Row[Any], answered: dict[UUID, set[str]]) -> DataFileOut:
    is_open = row.state == "gathering"
    return DataFileOut(
        id=row.id,
        person_id=row.person_id,
        language=row.language,
        reason=row.reason,
        asked_at=row.asked_at,
        state=row.state,
        missing=[name for name in HOLDERS if is_open and name not in answered.get(row.id, ())],
        last_day=row.last_day,
        json_size=row.json_size,
        pdf_size=row.pdf_size,
    )


def _seen(caller: Caller[None]) -> ColumnElement[bool]:
    """One's own, and those asked for by somebody's agency; that somebody asked for their own is nobody else's business."""
    own = data_files.c.person_id == caller.speaks_for("person") if "person" in caller.roles else false()
    if "agency_hr" not in caller.roles:
        return own
    serves = exists().where(
        assignments.c.person_id == data_files.c.person_id,
        assignments.c.valid_from <= caller.today,
        or_(assignments.c.valid_to.is_(None), assignments.c.valid_to > caller.today),
        caller.sees(assignments.c.agency_id),
    )
    return or_(own, and_(data_files.c.reason.is_not(None), serves))
