"""Reading connections."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.web.pages import BY_ID, Page, Window
from connectors.connections.schemas import ConnectionOut, CredentialOut
from connectors.signing.tables import Connection, Credential
from contracts.callers import Caller


def reached(caller: Caller[None]) -> ColumnElement[bool]:
    """The condition for the connections that are the caller's: of their agency or provider, or the one that they are."""
    if caller.unbound:
        return true()
    whose: list[ColumnElement[bool]] = []
    if caller.holds_by("agency"):
        whose.append(col(Connection.agency_id).in_(caller.offices))
    if caller.holds_by("provider"):
        whose.append(col(Connection.provider_id) == caller.provider)
    if caller.holds_by("connection"):
        whose.append(col(Connection.id) == caller.speaks_for("connection"))
    return or_(*whose)


async def connection_page(session: AsyncSession, window: Window, caller: Caller[None]) -> Page[ConnectionOut]:
    """The connections that are the caller's, in the order they were made."""
    query = window.narrow(select(Connection).where(reached(caller)), col(Connection.id), BY_ID)
    return window.page(await _told(session, list(await session.scalars(query))), lambda each: [each.id])


async def connection(session: AsyncSession, connection_id: UUID, caller: Caller[None]) -> ConnectionOut:
    """One of them. Raises Refused `not-found`."""
    query = select(Connection).where(col(Connection.id) == connection_id, reached(caller))
    found = await _told(session, list(await session.scalars(query)))
    if not found:
        raise Refused("not-found")
    return found[0]


async def _told(session: AsyncSession, connections: list[Connection]) -> list[ConnectionOut]:
    ids = [each.id for each in connections]
    query = select(Credential).where(col(Credential.connection_id).in_(ids)).order_by(col(Credential.id))
    keys = list(await session.scalars(query))
    return [
        ConnectionOut(
            **each.model_dump(),
            credentials=[CredentialOut.model_validate(key) for key in keys if key.connection_id == each.id],
        )
        for each in connections
    ]
