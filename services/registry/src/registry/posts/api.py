"""Posts over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from common.fields import Day
from common.web import etag
from common.web.bulk import Lines, lines_of
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from registry import rights
from registry.lines import links
from registry.posts import commands, queries
from registry.posts.schemas import PostHistoryOut, PostIn, PostLine, PostOut
from registry.posts.tables import posts

router = APIRouter(prefix="/v1", tags=["posts"])
uploads = APIRouter(prefix="/v1", tags=["posts"])

Reader = Annotated[Caller[None], Depends(rights.READ_AGENCIES)]
Historian = Annotated[Caller[None], Depends(rights.READ_HISTORIES)]
OwnAgency = Annotated[Caller[None], Depends(rights.KEEP_STRUCTURE)]

TAKEN: dict[int | str, dict[str, Any]] = {
    409: {"description": "`code-taken`, `id-taken` or, of a known one, `reform-under-way`"}
}


@router.get("/agencies/{agency_id}/posts", summary="The posts of an agency, as of a day")
async def list_posts(
    agency_id: UUID,
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    as_of: Day | None = None,
    unit_id: UUID | None = None,
) -> Page[PostOut]:
    return await queries.post_page(session, agency_id, window, caller, as_of, unit_id)


@router.post("/agencies/{agency_id}/posts", status_code=201, summary="Register a post", responses=TAKEN)
async def create_post(
    agency_id: UUID, document: PostIn, session: Transaction, caller: OwnAgency, response: Response
) -> PostOut:
    post_id = await commands.add_post(session, agency_id, document, caller)
    return etag.tagged(await queries.just_changed(session, post_id, document.valid_from or caller.today), response)


@router.get("/posts/{post_id}", summary="A post, as of a day")
async def get_post(
    post_id: UUID, session: Reading, caller: Reader, response: Response, as_of: Day | None = None
) -> PostOut:
    return etag.tagged(await queries.post(session, post_id, caller, as_of), response)


@router.get("/posts/{post_id}/history", summary="Everything on record of a post, and who held it")
@shows("posts")
async def get_post_history(post_id: UUID, session: Reading, caller: Historian, response: Response) -> PostHistoryOut:
    return etag.tagged(await queries.history(session, post_id, caller), response)


@router.put(
    "/posts/{post_id}", summary="Change a post from a day on: its unit, its seats, its superior post", responses=TAKEN
)
async def put_post(
    post_id: UUID, document: PostIn, session: Transaction, caller: OwnAgency, seen: etag.Seen, response: Response
) -> PostOut:
    await commands.revise_post(session, post_id, document, seen, caller)
    return etag.tagged(await queries.just_changed(session, post_id, document.valid_from or caller.today), response)


@uploads.post("/posts:batch", summary="Register or change posts by agency and code")
async def upload_posts(
    caller: OwnAgency, lines: Annotated[Lines[PostLine], Depends(lines_of(PostLine))]
) -> StreamingResponse:
    return await lines.answer(
        lambda session, given: commands.upsert_posts(session, given, caller),
        links(posts, caller, "superior-loop", "superior_id"),
    )
