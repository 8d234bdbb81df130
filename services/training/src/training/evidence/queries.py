"""Reading evidence: for whoever may see its record."""

from hashlib import sha256
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.store.files import FileAltered, Files
from contracts.callers import Caller
from training.domain.rules import Book
from training.evidence.schemas import ComparedOut, EvidenceFileOut, EvidenceOut
from training.evidence.tables import EvidenceFile
from training.records.reach import visible
from training.records.tables import Record

# Shared is what somebody else has too: one file of one person's two records is no sign of anything.
FILES = text("""
    SELECT f.id, f.name, f.media_type, f.size, f.sha256, f.added_at, f.sha256 <> '' AND EXISTS (
        SELECT FROM evidence_files o JOIN records other ON other.id = o.record_id
        WHERE o.sha256 = f.sha256 AND other.person_id <> r.person_id
    ) AS shared
    FROM evidence_files f JOIN records r ON r.id = f.record_id WHERE f.record_id = :record ORDER BY f.id
""")


async def seen_record(session: AsyncSession, record_id: UUID, caller: Caller[Book]) -> Record:
    """A record that the caller may see. Raises Refused `not-found`."""
    record = await session.scalar(select(Record).where(col(Record.id) == record_id, visible(caller)))
    if record is None:
        raise Refused("not-found")
    return record


async def evidence(session: AsyncSession, record: Record) -> EvidenceOut:
    """All that proves a record."""
    rows = await session.execute(FILES, {"record": record.id})
    files = [EvidenceFileOut.model_validate(row, from_attributes=True) for row in rows]
    return EvidenceOut(record_id=record.id, person_id=record.person_id, link=record.evidence, files=files)


async def content(session: AsyncSession, record: Record, file_id: UUID, files: Files) -> tuple[EvidenceFile, bytes]:
    """A file of a record as it is kept. Raises Refused: `not-found`, and `file-altered` for one that is another than was kept."""
    file = await _file(session, record, file_id)
    try:
        return file, await files.get(file.id, file.kept_sha256)
    except (FileAltered, FileNotFoundError):
        raise Refused("file-altered") from None


async def compared(session: AsyncSession, record: Record, file_id: UUID, given: bytes) -> ComparedOut:
    """Whether these bytes are those that were sent. Raises Refused `not-found`."""
    file = await _file(session, record, file_id)
    same = sha256(given).hexdigest() == file.sha256
    return ComparedOut(file_id=file.id, person_id=record.person_id, same=same)


async def _file(session: AsyncSession, record: Record, file_id: UUID) -> EvidenceFile:
    file = await session.get(EvidenceFile, file_id)
    if file is None or file.record_id != record.id or not file.sha256:
        raise Refused("not-found")
    return file
