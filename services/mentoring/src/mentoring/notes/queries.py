"""Reading private notes: their author alone does."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.texts import Language
from contracts.callers import Caller
from mentoring.notes.schemas import NoteOut, NotesOut
from mentoring.notes.tables import PrivateNote
from mentoring.pairs.reach import own_pair
from mentoring.texts import say


async def notes(session: AsyncSession, pair_id: UUID, language: Language, caller: Caller[None]) -> NotesOut:
    """The caller's notes about a pair in the order they were written first. Raises Refused `not-found`."""
    pair = await own_pair(session, pair_id, caller)
    found = select(PrivateNote).where(
        col(PrivateNote.pair_id) == pair.id, col(PrivateNote.author_id) == caller.speaks_for("person")
    )
    rows = await session.scalars(found.order_by(col(PrivateNote.id)))
    return NotesOut(private=say("notes.private", language), items=[NoteOut.model_validate(row) for row in rows])
