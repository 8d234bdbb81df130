"""The job that makes the file of a person's data of what the registry holds and the services have answered."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import derived_id
from common.parts import Parts
from common.runner import Step, Turn
from common.store.outbox import emit
from contracts.events.data_files import Section
from contracts.events.notification import MessageRequested
from contracts.holders import HOLDERS
from contracts.personal import personal
from registry.data_files.documents import as_json, as_pdf
from registry.data_files.schemas import Form, PersonalData, SectionOfData, ServiceData
from registry.data_files.store import FORMS, content_id, files_of
from registry.data_files.tables import data_files, data_parts
from registry.domain.data_file import terms

ITSELF = "registry"
NAMES = text(
    "SELECT id, name FROM agencies WHERE id = ANY(CAST(:ids AS uuid[]))"
    " UNION ALL (SELECT DISTINCT ON (unit_id) unit_id, name FROM unit_states"
    "  WHERE unit_id = ANY(CAST(:ids AS uuid[])) ORDER BY unit_id, valid_from DESC)"
    " UNION ALL (SELECT DISTINCT ON (post_id) post_id, name FROM post_states"
    "  WHERE post_id = ANY(CAST(:ids AS uuid[])) ORDER BY post_id, valid_from DESC)"
)


async def make_step(session: AsyncSession, parts: Parts, turn: Turn) -> Step:
    """Makes a file, in one step: what is in it is of one moment."""
    file_id = UUID(turn.plan["file_id"])
    file = (await session.execute(select(data_files).where(data_files.c.id == file_id).with_for_update())).one()
    if file.state == "erased":  # and so is whose it was
        return Step(1, 1)
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


async def _gathered(session: AsyncSession, file: Row[Any]) -> list[ServiceData]:
    """What the registry holds, and what the services have answered, in the order of `HOLDERS`."""
    told = await session.execute(
        select(data_parts).where(data_parts.c.file_id == file.id).order_by(data_parts.c.service, data_parts.c.number)
    )
    sections: dict[str, list[Section]] = {name: [] for name in (ITSELF, *HOLDERS)}
    sections[ITSELF] = await personal(ITSELF).part(session, file.person_id, file.language)
    for row in told:
        found = [Section.model_validate(section) for section in row.sections]
        sections[row.service] += [each for each in found if file.reason is None or not each.private]
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
