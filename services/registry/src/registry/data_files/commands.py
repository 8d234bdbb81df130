"""Asking for a person's data, taking in what the services answer, and erasing the file when its time is over."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.ids import new_id
from common.refused import Refused
from common.store.files import Files
from common.store.jobs import order
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events.data_files import DataFilePart, DataFileRequested
from contracts.holders import HOLDERS
from registry.data_files.schemas import DataFileIn
from registry.data_files.store import FORMS, answered, content_id
from registry.data_files.tables import data_files, data_parts
from registry.domain.data_file import terms
from registry.people import store as people

JOB = "data-file"
NEWEST = select(data_files).where(data_files.c.state != "erased").order_by(data_files.c.id.desc()).limit(1)


async def ask(session: AsyncSession, asked: DataFileIn, caller: Caller[None]) -> UUID:
    """Asks all services for what they hold of somebody, and gives the id of the file to come.

    Who asks again within the time of the rule gets the file they have asked for. After it, services that have not answered
    are asked anew, and a file that is there stays beside the new one. Raises Refused: `person-unknown`, also for somebody
    of another agency, and `field-missing`.
    """
    person_id, own = await _whose(session, asked, caller)
    now = caller.now
    # What somebody else asks for has nothing private, and is never the same file as the person's own.
    theirs = NEWEST.where(data_files.c.person_id == person_id, data_files.c.reason.is_(None) == own)
    newest = (await session.execute(theirs)).one_or_none()
    if newest and (newest.state == "making" or terms(caller.today).is_repeat(newest.asked_at, now)):
        if newest.state == "making":
            await _make_again(session, newest)
        return newest.id
    if newest and newest.state == "gathering":
        file_id, asking = newest.id, newest.asking + 1
        await session.execute(data_parts.delete().where(data_parts.c.file_id == file_id))
        again = data_files.update().where(data_files.c.id == file_id)
        await session.execute(again.values(asking=asking, asked_at=now, language=asked.language))
    else:
        file_id, asking = new_id(), 1
        row = {
            "id": file_id,
            "person_id": person_id,
            "language": asked.language,
            "asked_by": caller.subject,
            "reason": None if own else asked.reason,
            "asked_at": now,
            "asking": asking,
            "state": "gathering",
        }
        await session.execute(data_files.insert().values(row))
    requested = DataFileRequested(file_id=file_id, person_id=person_id, language=asked.language, asking=asking)
    emit(session, requested, sequence=asking, time=now)
    return file_id


async def take_in(session: AsyncSession, batch: Sequence[Received]) -> None:
    """Keeps what services have answered; a file of which all is there is made. An answer to an earlier asking, or about somebody else, is let go."""
    parts: list[DataFilePart] = [received.event for received in batch]
    ids = sorted({part.file_id for part in parts})
    waiting = select(data_files).where(data_files.c.id.in_(ids), data_files.c.state == "gathering")
    held = await session.execute(waiting.order_by(data_files.c.id).with_for_update())
    files = {row.id: row for row in held}
    rows = [
        {
            "file_id": part.file_id,
            "service": part.service,
            "number": part.number,
            "of": part.of,
            "sections": [section.model_dump() for section in part.sections],
        }
        for part in parts
        if (file := files.get(part.file_id))
        and (part.person_id, part.asking) == (file.person_id, file.asking)
        and part.service in HOLDERS
    ]
    if rows:
        await session.execute(insert(data_parts).on_conflict_do_nothing(), rows)
    services = await answered(session, files)
    for file_id in files:
        if len(services[file_id]) == len(HOLDERS):
            await _order(session, file_id)


async def erase_old(session: AsyncSession, files: Files, today: date) -> int:
    """Erases the files whose last day is over, and returns how many."""
    ids = await _take_away(session, files, (data_files.c.state == "ready") & (data_files.c.last_day < today))
    await session.execute(data_files.update().where(data_files.c.id.in_(ids)).values(state="erased"))
    return len(ids)


async def take_away(session: AsyncSession, files: Files, person_id: UUID) -> None:
    """Takes away what is in all files of somebody; their rows are held, and one that is being made is waited for."""
    await _take_away(session, files, data_files.c.person_id == person_id)


async def _take_away(session: AsyncSession, files: Files, which: ColumnElement[bool]) -> Sequence[UUID]:
    held = select(data_files.c.id).where(which).order_by(data_files.c.id).with_for_update()
    ids = (await session.scalars(held)).all()
    for file_id in ids:
        for form in FORMS:
            await files.remove(content_id(file_id, form))
    return ids


async def _whose(session: AsyncSession, asked: DataFileIn, caller: Caller[None]) -> tuple[UUID, bool]:
    """Whose data are asked for, held, so that two who ask at once ask once; and whether they are the caller's own."""
    own = caller.person if "person" in caller.roles else None
    person_id = asked.person_id or own
    if person_id is None:
        raise Refused("field-missing", "person_id")
    persons = await people.present(session, [person_id], lock=True)
    if person_id not in persons:
        raise Refused("person-unknown", "person_id")
    if person_id != own:
        if "agency_hr" not in caller.roles or not caller.reaches(persons[person_id].place_on(caller.today).agency_id):
            raise Refused("person-unknown", "person_id")
        if asked.reason is None:
            raise Refused("field-missing", "reason")
    return person_id, person_id == own


async def _order(session: AsyncSession, file_id: UUID) -> None:
    job_id = await order(session, JOB, {"file_id": file_id}, "registry")
    making = data_files.update().where(data_files.c.id == file_id)
    await session.execute(making.values(state="making", job_id=job_id))


async def _make_again(session: AsyncSession, file: Row[Any]) -> None:
    """Orders the making of a file anew, where it has failed."""
    if await session.scalar(text("SELECT state FROM jobs WHERE id = :id"), {"id": file.job_id}) == "failed":
        await _order(session, file.id)
