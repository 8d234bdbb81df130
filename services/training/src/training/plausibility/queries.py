"""Reading flags of records: the person sees their own, and whoever answers for them what they are to judge."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from training.domain.rules import Book
from training.plausibility.schemas import RecordFlagOut
from training.plausibility.tables import RecordFlag
from training.records.reach import visible
from training.records.tables import Record
from training.texts import SIGNS, say


async def flag_page(
    session: AsyncSession,
    window: Window,
    person_id: UUID | None,
    language: Language,
    caller: Caller[Book],
    *,
    settled: bool,
) -> Page[RecordFlagOut]:
    """The flags of records that the caller may see, in the order they were found, open or settled."""
    is_settled = col(RecordFlag.verdict).is_not(None) if settled else col(RecordFlag.verdict).is_(None)
    found = _seen(caller).where(is_settled)
    if person_id is not None:
        found = found.where(col(Record.person_id) == person_id)
    rows = await session.execute(window.narrow(found, col(RecordFlag.id), BY_ID))
    return window.page([_shown(row, language) for row in rows], lambda flag: [flag.id])


async def flag(session: AsyncSession, flag_id: UUID, language: Language, caller: Caller[Book]) -> RecordFlagOut:
    """A flag of a record that the caller may see. Raises Refused `not-found`."""
    row = (await session.execute(_seen(caller).where(col(RecordFlag.id) == flag_id))).one_or_none()
    if row is None:
        raise Refused("not-found")
    return _shown(row, language)


def _seen(caller: Caller[Book]) -> Select[RecordFlag, UUID]:
    found = select(RecordFlag, col(Record.person_id)).join(Record, col(Record.id) == col(RecordFlag.record_id))
    return found.where(visible(caller))


def _shown(row: Row[RecordFlag, UUID], language: Language) -> RecordFlagOut:
    flag, person_id = row
    told: dict[str, Any] = flag.model_dump()
    return RecordFlagOut(**told, person_id=person_id, sentence=say(SIGNS[flag.kind], language, figure=flag.figure))
