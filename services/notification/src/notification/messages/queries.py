"""Reading messages."""

from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from common.fields import Moment
from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from notification.digests.figures import Figures
from notification.messages.commands import seen_by
from notification.messages.reach import knows
from notification.messages.schemas import (
    AttemptOut,
    MessageOut,
    MessageState,
    MessageWithHistoryOut,
    ResendOut,
    UnreachedOut,
)
from notification.messages.tables import Attempt, Message, Resend

MESSAGES, ATTEMPTS, RESENDS = Message.table(), Attempt.table(), Resend.table()
BY_TIME: TypeAdapter[tuple[Moment, UUID]] = TypeAdapter(tuple[Moment, UUID])


async def messages(
    session: AsyncSession, caller: Caller[None], window: Window, *, state: MessageState | None, round_id: UUID | None
) -> Page[MessageOut]:
    """The messages that the caller may see, oldest first."""
    columns = MESSAGES.c
    query = select(MESSAGES).where(seen_by(caller)).order_by(columns.created_at, columns.id)
    if state:
        query = query.where(columns.state == state)
    if round_id:
        query = query.where(columns.round_id == round_id)
    if seen := window.seen(BY_TIME):
        query = query.where(tuple_(columns.created_at, columns.id) > seen)
    found = [MessageOut.model_validate(row) for row in await session.execute(query.limit(window.limit + 1))]
    return window.page(found, lambda message: (message.created_at, message.id))


async def unreached(session: AsyncSession, caller: Caller[None], window: Window) -> Page[UnreachedOut]:
    """Letters to people that wait for an address, and that the caller's agency has asked for."""
    columns = MESSAGES.c
    waiting = select(MESSAGES).where(
        columns.state == "waiting", columns.person_id.is_not(None), caller.sees(columns.asked_by)
    )
    rows = await session.execute(window.narrow(waiting, columns.id, BY_ID))
    return window.page([UnreachedOut.model_validate(row) for row in rows], lambda shown: [shown.id])


async def message(session: AsyncSession, caller: Caller[None], message_id: UUID) -> MessageWithHistoryOut:
    """One message with its history. Raises Refused `not-found`."""
    row = (await session.execute(select(MESSAGES).where(MESSAGES.c.id == message_id, seen_by(caller)))).one_or_none()
    if row is None:
        raise Refused("not-found")
    attempts = await session.execute(
        select(ATTEMPTS).where(ATTEMPTS.c.message_id == message_id).order_by(ATTEMPTS.c.number)
    )
    resends = await session.execute(
        select(RESENDS).where(RESENDS.c.message_id == message_id).order_by(RESENDS.c.after_attempt)
    )
    return MessageWithHistoryOut(
        **MessageOut.model_validate(row).model_dump(),
        accepted=row.accepted,
        figures=Figures.model_validate(row.values)
        if row.round_id and row.values and knows(caller, row.agency_id)
        else None,
        history=[AttemptOut.model_validate(attempt) for attempt in attempts],
        resends=[ResendOut.model_validate(resend) for resend in resends],
    )
