"""Private notes over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.parts import Reading, Transaction, UsedLanguage
from contracts.callers import Caller
from mentoring import rights
from mentoring.notes import commands, queries
from mentoring.notes.schemas import NoteIn, NotesOut

router = APIRouter(prefix="/v1", tags=["notes"])

Author = Annotated[Caller[None], Depends(rights.WRITE_NOTES)]


@router.get("/pairs/{pair_id}/notes", summary="Who would read your notes about a pair, and the notes there are")
async def list_notes(pair_id: UUID, session: Reading, language: UsedLanguage, caller: Author) -> NotesOut:
    return await queries.notes(session, pair_id, language, caller)


@router.post("/pairs/{pair_id}/notes", status_code=201, summary="Write a note that nobody else reads")
async def post_note(
    pair_id: UUID, document: NoteIn, session: Transaction, language: UsedLanguage, caller: Author
) -> NotesOut:
    await commands.write(session, pair_id, document, caller)
    return await queries.notes(session, pair_id, language, caller)


@router.put("/notes/{note_id}", summary="Put other words into a note of yours")
async def put_note(
    note_id: UUID, document: NoteIn, session: Transaction, language: UsedLanguage, caller: Author
) -> NotesOut:
    pair_id = await commands.change(session, note_id, document, caller)
    return await queries.notes(session, pair_id, language, caller)


@router.delete("/notes/{note_id}", status_code=204, summary="Take a note of yours away for good")
async def delete_note(note_id: UUID, session: Transaction, caller: Author) -> None:
    await commands.remove(session, note_id, caller)
