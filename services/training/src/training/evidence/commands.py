"""Keeping evidence with a record."""

from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import new_id
from common.pictures import FORMATS, without_traces
from common.refused import Refused
from common.store.files import Files, media_type_of
from contracts.acting import capacity
from contracts.callers import Caller
from training.domain.evidence import EvidenceRules, check_file
from training.domain.rules import Book
from training.evidence import queries
from training.evidence.schemas import EvidenceFileOut
from training.evidence.tables import EvidenceFile
from training.records.commands import held_record
from training.records.reach import check_change


async def add(
    session: AsyncSession,
    record_id: UUID,
    name: str,
    content: bytes,
    rules: EvidenceRules,
    files: Files,
    caller: Caller[Book],
) -> EvidenceFileOut:
    """Keeps a file with a record: what it is follows from its content. The same file again changes nothing. Raises Refused."""
    record, person = await held_record(session, record_id, caller)
    acting = capacity(caller)
    if acting != "person":  # whoever it is about may prove what others have told of them, too
        check_change(caller, acting, record, person)
    if record.state == "revoked":
        raise Refused("record-revoked")
    media_type = check_file(media_type_of(content), len(content), rules)
    digest = sha256(content).hexdigest()
    own = select(EvidenceFile).where(col(EvidenceFile.record_id) == record.id)
    file = await session.scalar(own.where(col(EvidenceFile.sha256) == digest))
    if file is None:
        count = await session.scalar(select(func.count()).select_from(own.subquery()))
        if (count or 0) >= rules.most_files:
            raise Refused("files-over", most=rules.most_files)
        kept = await without_traces(content, media_type, rules.most_pixels) if media_type in FORMATS else content
        file_id = new_id()
        stored = await files.put(file_id, kept, rules.sizes.keys())
        file = EvidenceFile(
            id=file_id,
            record_id=record.id,
            name=name,
            media_type=media_type,
            size=len(content),
            sha256=digest,
            kept_sha256=stored.sha256,
            added_by=caller.subject,
            added_at=caller.now,
        )
        session.add(file)
        await session.flush()
    shown = await queries.evidence(session, record)
    return next(each for each in shown.files if each.id == file.id)
