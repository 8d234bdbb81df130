"""Single talks over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from mentoring import rights
from mentoring.domain.talks import Kind
from mentoring.talks import commands, queries
from mentoring.talks.schemas import SlotIn, SlotOut, TalkIn, TalkOut, WhyNotIn

router = APIRouter(prefix="/v1", tags=["talks"])

Talker = Annotated[Caller[None], Depends(rights.TALK)]
SETTLED: dict[int | str, dict[str, Any]] = {
    409: {"description": "`talk-state`: it was answered, called off or has expired"}
}


@router.get("/talk-slots", summary="Times that mentors have free for a single talk")
@shows("mentoring", introduces=True)
async def list_slots(
    session: Reading, caller: Talker, window: AskedWindow, kind: Kind | None = None, mentor_id: UUID | None = None
) -> Page[SlotOut]:
    return await queries.free_slots(session, window, kind, mentor_id, caller)


@router.post(
    "/talk-slots",
    status_code=201,
    summary="Offer a time for a single talk, as a mentor of an open programme",
    responses={409: {"description": "`slot-overlaps`"}},
)
async def post_slot(document: SlotIn, session: Transaction, caller: Talker) -> SlotOut:
    return await commands.offer(session, document, caller)


@router.delete(
    "/talk-slots/{slot_id}",
    status_code=204,
    summary="Take a time of yours back",
    responses={409: {"description": "`talk-state`: the talk in it was held"}},
)
async def delete_slot(slot_id: UUID, session: Transaction, caller: Talker) -> None:
    await commands.withdraw(session, slot_id, caller)


@router.post(
    "/talk-slots/{slot_id}/talks",
    status_code=201,
    summary="Ask for a talk at a time that is free; unanswered for seven days, it is free again",
    responses={409: {"description": "`slot-taken`"}},
)
async def post_talk(slot_id: UUID, document: TalkIn, session: Transaction, caller: Talker) -> TalkOut:
    return await queries.talk(session, await commands.ask(session, slot_id, document, caller), caller)


@router.get("/talks", summary="The talks you have asked for or were asked for")
@shows("mentoring", introduces=True)
async def list_talks(session: Reading, caller: Talker, window: AskedWindow) -> Page[TalkOut]:
    return await queries.own_talks(session, window, caller)


@router.post("/talks/{talk_id}/accept", summary="Accept a talk you were asked for", responses=SETTLED)
@shows("mentoring")
async def post_accept(talk_id: UUID, session: Transaction, caller: Talker) -> TalkOut:
    await commands.accept(session, talk_id, caller)
    return await queries.talk(session, talk_id, caller)


@router.post("/talks/{talk_id}/reject", summary="Reject a talk you were asked for", responses=SETTLED)
@shows("mentoring")
async def post_reject(talk_id: UUID, document: WhyNotIn, session: Transaction, caller: Talker) -> TalkOut:
    await commands.reject(session, talk_id, document.reason, caller)
    return await queries.talk(session, talk_id, caller)


@router.post(
    "/talks/{talk_id}/confirm",
    summary="Say that a talk was held; it counts once both have said so",
    responses={
        409: {
            "description": "`talk-state`, `session-not-over`, `session-cancelled`, `claim-expired`, `session-overlaps`"
        }
    },
)
@shows("mentoring")
async def post_confirm(talk_id: UUID, session: Transaction, caller: Talker) -> TalkOut:
    await commands.confirm(session, talk_id, caller)
    return await queries.talk(session, talk_id, caller)


@router.post(
    "/talks/{talk_id}/cancel",
    summary="Call off a talk or take back that it was held, as either of the two",
    responses=SETTLED,
)
@shows("mentoring")
async def post_cancel(talk_id: UUID, document: WhyNotIn, session: Transaction, caller: Talker) -> TalkOut:
    await commands.cancel(session, talk_id, document.reason, caller)
    return await queries.talk(session, talk_id, caller)
