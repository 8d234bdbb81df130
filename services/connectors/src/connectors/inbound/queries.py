"""Reading addresses for webhooks, and what arrived."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from connectors.inbound.schemas import ArrivalOut, ReceiverOut
from connectors.inbound.tables import Arrival, Receiver
from connectors.signing.reach import reached
from connectors.signing.tables import Connection
from contracts.callers import Caller


async def receivers(session: AsyncSession, connection_id: UUID, caller: Caller[None]) -> list[ReceiverOut]:
    """The addresses of a connection. Raises Refused `not-found`."""
    await check_reached(session, connection_id, caller)
    query = select(Receiver).where(col(Receiver.connection_id) == connection_id).order_by(col(Receiver.id))
    return [told(each) for each in await session.scalars(query)]


async def arrival_page(
    session: AsyncSession, connection_id: UUID, state: str | None, window: Window, caller: Caller[None]
) -> Page[ArrivalOut]:
    """What arrived for a connection, in order. Raises Refused `not-found`."""
    await check_reached(session, connection_id, caller)
    query = (
        select(Arrival)
        .join(Receiver, col(Receiver.id) == col(Arrival.receiver_id))
        .where(col(Receiver.connection_id) == connection_id)
    )
    if state is not None:
        query = query.where(col(Arrival.state) == state)
    rows = await session.scalars(window.narrow(query, col(Arrival.id), BY_ID))
    return window.page([ArrivalOut.model_validate(each) for each in rows], lambda each: [each.id])


def told(receiver: Receiver) -> ReceiverOut:
    """An address as it is shown."""
    return ReceiverOut(**receiver.model_dump(), path=f"/hooks/{receiver.id}")


async def check_reached(session: AsyncSession, connection_id: UUID, caller: Caller[None]) -> None:
    """Raises Refused `not-found` for a connection that is not the caller's."""
    query = select(col(Connection.id)).where(col(Connection.id) == connection_id, reached(caller))
    if await session.scalar(query) is None:
        raise Refused("not-found")
