"""Writing private notes, and taking them away."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import new_id
from common.refused import Refused
from contracts.callers import Caller
from mentoring.notes.schemas import NoteIn
from mentoring.notes.tables import PrivateNote
from mentoring.pairs.reach import own_pair
from mentoring.people import PEOPLE

MOST = 200
"""Notes of one person about one pair; all are read at once."""


async def write(session: AsyncSession, pair_id: UUID, document: NoteIn, caller: Caller[None]) -> None:
    """Keeps a note of the caller's. Raises Refused `not-found`, `notes-over`."""
    pair = await own_pair(session, pair_id, caller)
    me: UUID = caller.speaks_for("person")
    await PEOPLE.lock(session, [me])
    own = select(func.count()).where(col(PrivateNote.pair_id) == pair.id, col(PrivateNote.author_id) == me)
    if (await session.scalar(own) or 0) >= MOST:
        raise Refused("notes-over", most=MOST)
    session.add(PrivateNote(id=new_id(), pair_id=pair.id, author_id=me, words=document.words, written_at=caller.now))


async def change(session: AsyncSession, note_id: UUID, document: NoteIn, caller: Caller[None]) -> UUID:
    """Puts other words into a note of the caller's; gives its pair. Raises Refused `not-found`."""
    note = await _own(session, note_id, caller)
    note.words, note.written_at = document.words, caller.now
    return note.pair_id


async def remove(session: AsyncSession, note_id: UUID, caller: Caller[None]) -> None:
    """Takes a note of the caller's away for good. Raises Refused `not-found`."""
    await session.delete(await _own(session, note_id, caller))


async def _own(session: AsyncSession, note_id: UUID, caller: Caller[None]) -> PrivateNote:
    note = await session.get(PrivateNote, note_id, with_for_update=True)
    if note is None or note.author_id != caller.speaks_for("person"):
        raise Refused("not-found")
    return note
