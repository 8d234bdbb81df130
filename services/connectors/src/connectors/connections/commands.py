"""Making connections, and giving and ending their credentials."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import derived_id, new_id
from common.refused import Refused
from common.web import etag
from connectors.connections.schemas import ConnectionIn, NewCredentialOut
from connectors.signing.credentials import forget, hash_of, new_secret
from connectors.signing.reach import reached
from connectors.signing.tables import Connection, Credential
from contracts.callers import Caller

MOST = 2
"""Credentials of a connection that are good at once: the one in use, and the one to take its place."""


async def connect(session: AsyncSession, document: ConnectionIn, caller: Caller[None]) -> UUID:
    """Makes a connection of the caller's agency, or else of their provider."""
    is_agencys = "agency_hr" in caller.roles
    made = Connection(
        id=new_id(),
        agency_id=caller.agency if is_agencys else None,
        provider_id=None if is_agencys else caller.provider,
        name=document.name,
        platform=document.platform,
        enabled=document.enabled,
        made_at=caller.now,
        version=1,
    )
    session.add(made)
    await session.flush()
    return made.id


async def change(
    session: AsyncSession, connection_id: UUID, document: ConnectionIn, caller: Caller[None], *, seen: etag.Versions
) -> None:
    """Names a connection anew, or lets it send or not. Raises Refused `not-found`, `changed-meanwhile`."""
    found = await _held(session, connection_id, caller)
    etag.check(seen, found.version)
    found.name, found.platform, found.enabled = document.name, document.platform, document.enabled
    found.version += 1
    await session.flush()
    forget(connection_id)


async def give_credential(session: AsyncSession, connection_id: UUID, caller: Caller[None]) -> NewCredentialOut:
    """A new key and its secret; the old one stays good until it is ended. Raises Refused `not-found`, `credentials-two`."""
    await _held(session, connection_id, caller)
    good = await session.scalar(select(func.count()).where(col(Credential.connection_id) == connection_id))
    if (good or 0) >= MOST:
        raise Refused("credentials-two", most=MOST)
    secret = new_secret()
    made = Credential(
        id=new_id(), connection_id=connection_id, secret_hash=hash_of(secret, caller.nip_key), made_at=caller.now
    )
    session.add(made)
    return NewCredentialOut(id=made.id, made_at=made.made_at, secret=secret)


async def end_credential(session: AsyncSession, connection_id: UUID, credential_id: UUID, caller: Caller[None]) -> None:
    """Ends a key. Raises Refused `not-found`."""
    await _held(session, connection_id, caller)
    ended = await session.execute(
        delete(Credential)
        .where(col(Credential.id) == credential_id, col(Credential.connection_id) == connection_id)
        .returning(col(Credential.id))
    )
    if ended.one_or_none() is None:
        raise Refused("not-found")
    forget(credential_id)


async def _held(session: AsyncSession, connection_id: UUID, caller: Caller[None]) -> Connection:
    query = select(Connection).where(col(Connection.id) == connection_id, reached(caller)).with_for_update()
    found = await session.scalar(query)
    if found is None:
        raise Refused("not-found")
    return found


async def own_connection(session: AsyncSession, caller: Caller[Any], platform: str, name: str) -> Connection:
    """The connection under which what is of no platform's own doing is reported for whom the caller speaks for; made by the first one.

    Raises Refused `connection-disabled` where it was switched off.
    """
    owner = {"provider_id": caller.provider} if "provider" in caller.roles else {"agency_id": caller.agency}
    connection_id = derived_id(f"{platform}s", *owner.values())
    made = {"name": name, "platform": platform, "enabled": True, "made_at": caller.now, "version": 1}
    row = {"id": connection_id, "agency_id": None, "provider_id": None} | owner | made
    await session.execute(insert(Connection.table()).values(row).on_conflict_do_nothing())
    connection = await session.get_one(Connection, connection_id)
    if not connection.enabled:
        raise Refused("connection-disabled")
    return connection
