"""Asking for a person's data, taking in what the services answer, making the file, and erasing it when its time is over."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.ids import derived_id, new_id
from common.parts import Parts
from common.refused import Refused
from common.runner import Step, Turn
from common.store.database import Database
from common.store.files import Files
from common.store.jobs import order
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events.data_files import DataFilePart, DataFileRequested, Section
from contracts.events.notification import MessageRequested
from contracts.personal import HOLDERS, personal
from registry.data_files.documents import as_json, as_pdf
from registry.data_files.schemas import DataFileIn, Form, PersonalData, SectionOfData, ServiceData
from registry.data_files.store import content_id, files_of
from registry.data_files.tables import data_files, data_parts
from registry.domain.data_file import terms
from registry.people import store as people

JOB = "data-file"
ITSELF = "registry"
FORMS: dict[Form, str] = {"json": "application/json", "pdf": "application/pdf"}
NEWEST = select(data_files).where(data_files.c.state != "erased").order_by(data_files.c.id.desc()).limit(1)
WHOLE = text(
    "SELECT file_id FROM (SELECT file_id FROM data_parts WHERE file_id = ANY(CAST(:ids AS uuid[]))"
    "  GROUP BY file_id, service HAVING count(*) = max(of)) whole GROUP BY file_id HAVING count(*) = :services"
)


async def ask(session: AsyncSession, asked: DataFileIn, caller: Caller[None]) -> UUID:
    """Asks all services for what they hold of somebody, and gives the id of the file to come.

    Who asks again within the time of the rule gets the file they have asked for. After it, services that have not answered
    are asked anew, and a file that is there stays beside the new one. Raises Refused: `person-unknown`, also for somebody
    of another agency, and `field-missing`.
    """
    person_id, own = await _whose(session, asked, caller)
    now = caller.now
    newest = (await session.execute(NEWEST.where(data_files.c.person_id == person_id))).one_or_none()
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
    """Keeps what services have answered; a file of which all is there is made. An answer to an earlier asking is let go."""
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
        if part.file_id in files and part.asking == files[part.file_id].asking and part.service in HOLDERS
    ]
    if rows:
        await session.execute(insert(data_parts).on_conflict_do_nothing(), rows)
    for file_id in await session.scalars(WHOLE, {"ids": list(files), "services": len(HOLDERS)}):
        await _order(session, file_id)


async def make_step(session: AsyncSession, parts: Parts, turn: Turn) -> Step:
    """Makes a file, in one step: what is in it is of one moment."""
    file_id = UUID(turn.plan["file_id"])
    file = (await session.execute(select(data_files).where(data_files.c.id == file_id).with_for_update())).one()
    services = await _gathered(session, file)
    data = PersonalData(
        file_id=file_id, person_id=file.person_id, asked_at=file.asked_at, language=file.language, services=services
    )
    names = await _names(session, services)
    made: dict[Form, bytes] = {
        "json": await asyncio.to_thread(as_json, data),
        "pdf": await asyncio.to_thread(as_pdf, data, names),
    }
    today = parts.clock.today()
    last_day = terms(today).last_day(today)
    values: dict[str, Any] = {"state": "ready", "job_id": None, "last_day": last_day}
    for form, content in made.items():
        kept = await files_of(parts).put(content_id(file_id, form), content, {FORMS[form]})
        values |= {f"{form}_size": kept.size, f"{form}_sha256": kept.sha256}
    await session.execute(data_files.update().where(data_files.c.id == file_id).values(values))
    await session.execute(data_parts.delete().where(data_parts.c.file_id == file_id))
    _tell(session, file, last_day, parts)
    return Step(1, 1)


async def erase_old(database: Database, files: Files, today: date) -> int:
    """Erases the files whose last day is over, and returns how many."""
    async with database.transaction() as session:
        over = select(data_files.c.id).where(data_files.c.state == "ready", data_files.c.last_day < today)
        ids = (await session.scalars(over.order_by(data_files.c.id).with_for_update())).all()
        for file_id in ids:
            for form in FORMS:
                await files.remove(content_id(file_id, form))
        await session.execute(data_files.update().where(data_files.c.id.in_(ids)).values(state="erased"))
    return len(ids)


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
    job_id = await order(session, JOB, {"file_id": file_id}, ITSELF)
    making = data_files.update().where(data_files.c.id == file_id)
    await session.execute(making.values(state="making", job_id=job_id))


async def _make_again(session: AsyncSession, file: Row[Any]) -> None:
    """Orders the making of a file anew, where it has failed."""
    if await session.scalar(text("SELECT state FROM jobs WHERE id = :id"), {"id": file.job_id}) == "failed":
        await _order(session, file.id)


async def _gathered(session: AsyncSession, file: Row[Any]) -> list[ServiceData]:
    """What the registry holds, and what the services have answered, in the order of `HOLDERS`."""
    told = await session.execute(
        select(data_parts).where(data_parts.c.file_id == file.id).order_by(data_parts.c.service, data_parts.c.number)
    )
    sections: dict[str, list[Section]] = {name: [] for name in (ITSELF, *HOLDERS)}
    sections[ITSELF] = await personal(ITSELF).part(session, file.person_id, file.language)
    for row in told:
        sections[row.service] += [Section.model_validate(section) for section in row.sections]
    return [ServiceData(service=name, sections=_joined(found)) for name, found in sections.items()]


def _joined(sections: Sequence[Section]) -> list[SectionOfData]:
    """The sections with their rows by name; one that went on in a further part is whole again."""
    joined: dict[str, SectionOfData] = {}
    for section in sections:
        found = joined.setdefault(
            section.name, SectionOfData(name=section.name, title=section.title, columns=section.columns, rows=[])
        )
        names = [column.name for column in section.columns]
        found.rows += [dict(zip(names, row, strict=True)) for row in section.rows]
    return list(joined.values())


async def _names(session: AsyncSession, services: Sequence[ServiceData]) -> dict[str, str]:
    """What the agencies, units and posts are called that the data name."""
    ids = {
        row[column.name]
        for service in services
        for section in service.sections
        for column in section.columns
        if column.kind in {"agency", "unit", "post"}
        for row in section.rows
        if row[column.name]
    }
    return {str(row.id): row.name for row in await session.execute(NAMES, {"ids": sorted(ids)})}


NAMES = text(
    "SELECT id, name FROM agencies WHERE id = ANY(CAST(:ids AS uuid[]))"
    " UNION ALL (SELECT DISTINCT ON (unit_id) unit_id, name FROM unit_states"
    "  WHERE unit_id = ANY(CAST(:ids AS uuid[])) ORDER BY unit_id, valid_from DESC)"
    " UNION ALL (SELECT DISTINCT ON (post_id) post_id, name FROM post_states"
    "  WHERE post_id = ANY(CAST(:ids AS uuid[])) ORDER BY post_id, valid_from DESC)"
)


def _tell(session: AsyncSession, file: Row[Any], last_day: date, parts: Parts) -> None:
    emit(
        session,
        MessageRequested(
            request_id=derived_id("data-file", file.id),
            recipient="person",
            recipient_id=file.person_id,
            template="data-file",
            values={"last_day": last_day.isoformat()},
            reason="own-data" if file.reason is None else "data-for-you",
            expires_at=parts.clock.now() + timedelta(days=(last_day - parts.clock.today()).days + 1),
        ),
        sequence=1,
        time=parts.clock.now(),
    )
