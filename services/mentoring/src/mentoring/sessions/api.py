"""Sessions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from common.fields import Line
from common.web.etag import Seen, tagged
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, parts_of
from contracts.callers import Caller
from contracts.looks import FileOf, shows
from mentoring import rights
from mentoring.sessions import commands, queries
from mentoring.sessions.schemas import CancelIn, LogIn, QuietPairOut, SessionIn, SessionOut, WholeSessionOut
from mentoring.sessions.store import files_of

router = APIRouter(prefix="/v1", tags=["sessions"])

Desk = Annotated[Caller[None], Depends(rights.READ_PAIRS)]
OneOfBoth = Annotated[Caller[None], Depends(rights.MEET)]
Reader = Annotated[Caller[None], Depends(rights.READ_SESSIONS)]
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
ANY_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


class OfSession(FileOf):
    """A file of a session."""


@router.post(
    "/pairs/{pair_id}/sessions",
    status_code=201,
    summary="Plan a session, or tell of one that was held",
    responses={409: {"description": "`pair-not-active`, `agreement-unsigned`, `session-overlaps`"}},
)
async def post_session(
    pair_id: UUID, document: SessionIn, session: Transaction, caller: OneOfBoth, response: Response
) -> WholeSessionOut:
    session_id = await commands.plan(session, pair_id, document, caller)
    return tagged(await queries.whole_session(session, session_id, caller), response)


@router.get("/pairs/{pair_id}/sessions", summary="The sessions of a pair, and which of them count")
@shows("mentoring")
async def list_sessions(pair_id: UUID, session: Reading, caller: Reader, window: AskedWindow) -> Page[SessionOut]:
    return await queries.session_page(session, window, pair_id, caller)


@router.get("/programmes/{programme_id}/quiet-pairs", summary="The pairs that have held no session for long")
@shows("mentoring")
async def list_quiet_pairs(
    programme_id: UUID, session: Reading, caller: Desk, window: AskedWindow
) -> Page[QuietPairOut]:
    return await queries.quiet_page(session, window, programme_id, caller)


@router.get(
    "/sessions/me", summary="The sessions of your pairs that are to come, or wait for a word that they were held"
)
@shows("mentoring", introduces=True)
async def list_own_sessions(session: Reading, caller: OneOfBoth, window: AskedWindow) -> Page[SessionOut]:
    return await queries.own_sessions(session, window, caller)


@router.get("/sessions/{session_id}", summary="A session with what was talked about")
@shows("mentoring", introduces=True)
async def get_session(session_id: UUID, session: Reading, caller: OneOfBoth, response: Response) -> WholeSessionOut:
    return tagged(await queries.whole_session(session, session_id, caller), response)


@router.put(
    "/sessions/{session_id}",
    summary="Give a session another time or place; what was confirmed of another time is confirmed no more",
    responses={409: {"description": "`session-cancelled`, `pair-not-active`, `session-overlaps`"}},
)
@shows("mentoring")
async def put_session(
    session_id: UUID, document: SessionIn, session: Transaction, caller: OneOfBoth, seen: Seen, response: Response
) -> WholeSessionOut:
    await commands.change(session, session_id, document, caller, seen=seen)
    return tagged(await queries.whole_session(session, session_id, caller), response)


@router.put("/sessions/{session_id}/log", summary="Write down what was talked about, and what follows from it")
@shows("mentoring")
async def put_log(
    session_id: UUID, document: LogIn, session: Transaction, caller: OneOfBoth, seen: Seen, response: Response
) -> WholeSessionOut:
    await commands.write(session, session_id, document, caller, seen=seen)
    return tagged(await queries.whole_session(session, session_id, caller), response)


@router.post(
    "/sessions/{session_id}/confirm",
    summary="Say that a session was held; it counts once both have said so",
    responses={409: {"description": "`session-not-over`, `session-cancelled`, `claim-expired`, `sessions-over`"}},
)
@shows("mentoring")
async def post_confirmation(
    session_id: UUID, session: Transaction, caller: OneOfBoth, response: Response
) -> WholeSessionOut:
    await commands.confirm(session, session_id, caller)
    return tagged(await queries.whole_session(session, session_id, caller), response)


@router.post("/sessions/{session_id}/cancel", summary="Cancel a session, or take back that one was held")
@shows("mentoring")
async def post_cancellation(
    session_id: UUID, document: CancelIn, session: Transaction, caller: OneOfBoth, response: Response
) -> WholeSessionOut:
    await commands.cancel(session, session_id, document.reason, caller)
    return tagged(await queries.whole_session(session, session_id, caller), response)


@router.post(
    "/sessions/{session_id}/files",
    status_code=201,
    summary="Keep a file with a session: PDF, PNG or JPEG, as its content says, of 1 MiB at most",
    responses={409: {"description": "`files-over`"}},
    openapi_extra={"requestBody": {"required": True, "content": ANY_BYTES}},
)
async def post_file(
    session_id: UUID, name: Annotated[Line, Query()], request: Request, session: Transaction, caller: OneOfBoth
) -> WholeSessionOut:
    content = await request.body()
    await commands.add_file(session, session_id, name, content, files_of(parts_of(request)), caller)
    return await queries.whole_session(session, session_id, caller)


@router.get(
    "/sessions/{session_id}/files/{file_id}",
    summary="A file of a session",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in sorted(commands.FILE_TYPES)}}},
)
@shows("mentoring")
async def get_file(session_id: UUID, file_id: UUID, session: Reading, caller: OneOfBoth, request: Request) -> OfSession:
    whose, file, content = await queries.file_content(session, session_id, file_id, files_of(parts_of(request)), caller)
    return OfSession(whose, f"jejak-{file.id}.{ENDINGS[file.media_type]}", file.media_type, content)
