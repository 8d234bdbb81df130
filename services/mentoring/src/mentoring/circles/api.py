"""Circles over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.web.etag import Seen, tagged
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from mentoring import rights
from mentoring.circles import commands, queries
from mentoring.circles.schemas import CircleIn, CircleOut, MeetingOut, PresentIn, WholeCircleOut
from mentoring.sessions.schemas import CancelIn, SessionIn

router = APIRouter(prefix="/v1", tags=["circles"])

Seeker = Annotated[Caller[None], Depends(rights.JOIN_CIRCLES)]
OneOfIt = Annotated[Caller[None], Depends(rights.MEET_IN_CIRCLES)]


@router.get("/circles", summary="Circles that one may join")
@shows("mentoring", introduces=True)
async def list_circles(
    session: Reading, caller: Seeker, window: AskedWindow, programme_id: UUID | None = None
) -> Page[CircleOut]:
    return await queries.open_circles(session, window, programme_id, caller)


@router.get("/circles/me", summary="The circles that you opened or have been in")
@shows("mentoring", introduces=True)
async def list_own_circles(session: Reading, caller: OneOfIt, window: AskedWindow) -> Page[CircleOut]:
    return await queries.own_circles(session, window, caller)


@router.post(
    "/programmes/{programme_id}/circles",
    status_code=201,
    summary="Open a circle, as a mentor of the programme",
    responses={409: {"description": "`programme-closed`"}},
)
async def post_circle(programme_id: UUID, document: CircleIn, session: Transaction, caller: Seeker) -> WholeCircleOut:
    return await queries.circle(session, await commands.open_circle(session, programme_id, document, caller), caller)


@router.get("/circles/{circle_id}", summary="A circle with who is in it")
@shows("mentoring", introduces=True)
async def get_circle(circle_id: UUID, session: Reading, caller: OneOfIt) -> WholeCircleOut:
    return await queries.circle(session, circle_id, caller)


@router.post(
    "/circles/{circle_id}/join",
    summary="Take a seat in a circle, as a mentee of its programme",
    responses={
        409: {"description": "`circle-over`, `circle-full`"},
        422: {"description": "`not-a-mentee`, `not-in-service`, `circle-limit`"},
    },
)
@shows("mentoring")
async def post_join(circle_id: UUID, session: Transaction, caller: Seeker) -> WholeCircleOut:
    await commands.join(session, circle_id, caller)
    return await queries.circle(session, circle_id, caller)


@router.post("/circles/{circle_id}/leave", summary="Give your seat back; where you were present counts")
@shows("mentoring")
async def post_leave(circle_id: UUID, session: Transaction, caller: OneOfIt) -> WholeCircleOut:
    await commands.leave(session, circle_id, caller)
    return await queries.circle(session, circle_id, caller)


@router.post("/circles/{circle_id}/close", summary="End a circle of yours before its time; what was held counts")
@shows("mentoring")
async def post_close(circle_id: UUID, document: CancelIn, session: Transaction, caller: OneOfIt) -> WholeCircleOut:
    await commands.close(session, circle_id, document.reason, caller)
    return await queries.circle(session, circle_id, caller)


@router.get("/circles/{circle_id}/meetings", summary="The meetings of a circle, and what of them counts")
@shows("mentoring")
async def list_meetings(circle_id: UUID, session: Reading, caller: OneOfIt, window: AskedWindow) -> Page[MeetingOut]:
    return await queries.meeting_page(session, window, circle_id, caller)


@router.post(
    "/circles/{circle_id}/meetings",
    status_code=201,
    summary="Plan a meeting of a circle of yours, or tell of one that was held",
    responses={409: {"description": "`circle-over`, `meetings-over`"}},
)
async def post_meeting(
    circle_id: UUID, document: SessionIn, session: Transaction, caller: OneOfIt, response: Response
) -> MeetingOut:
    meeting_id = await commands.plan(session, circle_id, document, caller)
    return tagged(await queries.meeting(session, meeting_id, caller), response)


@router.get("/circle-meetings/{meeting_id}", summary="A meeting of a circle")
@shows("mentoring")
async def get_meeting(meeting_id: UUID, session: Reading, caller: OneOfIt, response: Response) -> MeetingOut:
    return tagged(await queries.meeting(session, meeting_id, caller), response)


@router.put(
    "/circle-meetings/{meeting_id}/log",
    summary="Write down who was at a meeting of a circle of yours, and what was talked about",
    responses={409: {"description": "`session-not-over`, `session-cancelled`, `session-overlaps`, `sessions-over`"}},
)
@shows("mentoring")
async def put_present(
    meeting_id: UUID, document: PresentIn, session: Transaction, caller: OneOfIt, seen: Seen, response: Response
) -> MeetingOut:
    await commands.log(session, meeting_id, document, caller, seen=seen)
    return tagged(await queries.meeting(session, meeting_id, caller), response)


@router.post(
    "/circle-meetings/{meeting_id}/confirm",
    summary="Say that you were at a meeting; it counts once the mentor has said so too",
    responses={
        409: {
            "description": "`session-not-over`, `session-cancelled`, `claim-expired`, `session-overlaps`, `sessions-over`"
        }
    },
)
@shows("mentoring")
async def post_presence(meeting_id: UUID, session: Transaction, caller: OneOfIt, response: Response) -> MeetingOut:
    await commands.confirm(session, meeting_id, caller)
    return tagged(await queries.meeting(session, meeting_id, caller), response)


@router.post(
    "/circle-meetings/{meeting_id}/cancel",
    summary="Cancel a meeting of a circle of yours, or take back that it was held",
)
@shows("mentoring")
async def post_meeting_cancellation(
    meeting_id: UUID, document: CancelIn, session: Transaction, caller: OneOfIt, response: Response
) -> MeetingOut:
    await commands.cancel(session, meeting_id, document.reason, caller)
    return tagged(await queries.meeting(session, meeting_id, caller), response)
