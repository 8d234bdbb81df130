"""Tags of people over HTTP. Who has which, people and their histories tell."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from common.web.bulk import Lines, lines_of
from common.web.parts import Transaction
from contracts.callers import Caller
from contracts.looks import shows
from contracts.tags import TAGS
from registry import rights
from registry.people import queries as people
from registry.people.schemas import PersonOut
from registry.tags import commands
from registry.tags.schemas import ListedTag, ListedTags, TagIn, TagLine

router = APIRouter(prefix="/v1", tags=["tags"])
uploads = APIRouter(prefix="/v1", tags=["tags"])

Reader = Annotated[Caller[None], Depends(rights.READ_PEOPLE)]
OwnAgency = Annotated[Caller[None], Depends(rights.KEEP_PEOPLE)]


@router.get("/tags", summary="What may be said of people for a time")
async def list_tags(caller: Reader) -> ListedTags:
    del caller
    return ListedTags(tags=[ListedTag(tag=each, **tag._asdict()) for each, tag in TAGS.items()])


@router.post("/people/{person_id}/tags", summary="Give a person a tag, or end it, by a paper")
@shows("identity")
async def give_tag(person_id: UUID, document: TagIn, session: Transaction, caller: OwnAgency) -> PersonOut:
    await commands.give_tag(session, person_id, document, caller)
    return await people.just_changed(session, person_id, caller, document.valid_from)


@uploads.post("/tags:batch", summary="Give tags to people by NIP")
async def upload_tags(
    caller: OwnAgency, lines: Annotated[Lines[TagLine], Depends(lines_of(TagLine))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.give_tags(session, given, caller))
