"""Handing out a file of a record, to whoever may have it."""

from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from common.web.parts import parts_of
from contracts.looks import FileOf
from training.evidence import queries
from training.evidence.store import files_of
from training.records.tables import Record

ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
AS_KEPT: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in sorted(ENDINGS)}},
    409: {"description": "`file-altered`"},
}


class OfRecord(FileOf):
    """A file of a record."""


async def handed_out(session: AsyncSession, record: Record, file_id: UUID, request: Request) -> OfRecord:
    """A file as it is kept, under a name of ours. Raises Refused: `not-found`, `file-altered`."""
    file, content = await queries.content(session, record, file_id, files_of(parts_of(request)))
    return OfRecord(record.person_id, f"jejak-{file.id}.{ENDINGS[file.media_type]}", file.media_type, content)
