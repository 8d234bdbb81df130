"""Messages: what was sent, what failed and why, and sending again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from notification import rights
from notification.messages import commands, queries
from notification.messages.schemas import MessageOut, MessageState, MessageWithHistoryOut, UnreachedOut

router = APIRouter(prefix="/v1/messages", tags=["messages"])

Reader = Annotated[Caller[None], Depends(rights.READ)]
Desk = Annotated[Caller[None], Depends(rights.UNREACHED)]
Resender = Annotated[Caller[None], Depends(rights.RESEND)]


@router.get("", summary="Messages, for instance those that failed")
@shows("messages")
async def list_messages(
    caller: Reader,
    session: Reading,
    window: AskedWindow,
    state: MessageState | None = None,
    round_id: UUID | None = None,
) -> Page[MessageOut]:
    return await queries.messages(session, caller, window, state=state, round_id=round_id)


@router.get("/unreached", summary="To whom your programmes have written who have no checked address")
@shows("messages")
async def list_unreached(caller: Desk, session: Reading, window: AskedWindow) -> Page[UnreachedOut]:
    return await queries.unreached(session, caller, window)


@router.get("/{message_id}", summary="A message with every attempt and the server's words")
@shows("messages")
async def get_message(message_id: UUID, caller: Reader, session: Reading) -> MessageWithHistoryOut:
    return await queries.message(session, caller, message_id)


@router.post(
    "/{message_id}/resend",
    summary="Send a message that failed or waits for another try, now, to whom the agency names now or to its person",
    responses={409: {"description": "`message-not-open`, `no-pic` or `no-address`"}},
)
@shows("messages")
async def resend_message(message_id: UUID, caller: Resender, session: Transaction) -> MessageOut:
    return MessageOut.model_validate(await commands.resend(session, message_id, caller))
