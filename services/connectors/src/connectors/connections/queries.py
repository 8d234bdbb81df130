"""Reading connections."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from connectors.connections.schemas import ConnectionOut, CountsOut, CredentialOut, ErrorOut
from connectors.domain.standing import State, counted
from connectors.reports.queries import sightings_of, states_of
from connectors.reports.tables import Sighting
from connectors.signing.reach import reached
from connectors.signing.tables import Connection, Credential
from contracts.callers import Caller


async def connection_page(
    session: AsyncSession, window: Window, caller: Caller[None], language: Language
) -> Page[ConnectionOut]:
    """The connections that are the caller's, in the order they were made."""
    query = window.narrow(select(Connection).where(reached(caller)), col(Connection.id), BY_ID)
    return window.page(await _told(session, list(await session.scalars(query)), language), lambda each: [each.id])


async def connection(
    session: AsyncSession, connection_id: UUID, caller: Caller[None], language: Language
) -> ConnectionOut:
    """One of them. Raises Refused `not-found`."""
    query = select(Connection).where(col(Connection.id) == connection_id, reached(caller))
    found = await _told(session, list(await session.scalars(query)), language)
    if not found:
        raise Refused("not-found")
    return found[0]


async def _told(session: AsyncSession, connections: list[Connection], language: Language) -> list[ConnectionOut]:
    ids = [each.id for each in connections]
    query = select(Credential).where(col(Credential.connection_id).in_(ids)).order_by(col(Credential.id))
    keys = list(await session.scalars(query))
    states, seen = await states_of(session, ids), await sightings_of(session, ids)
    return [
        ConnectionOut(
            **each.model_dump(),
            credentials=[CredentialOut.model_validate(key) for key in keys if key.connection_id == each.id],
            **_seen(seen.get(each.id), states.get(each.id, {}), language),
        )
        for each in connections
    ]


def _seen(sighting: Sighting | None, states: Mapping[State, int], language: Language) -> dict[str, Any]:
    """What is shown of what came."""
    duplicate = sighting.duplicates if sighting else 0
    error = None
    if sighting and sighting.error and sighting.error_words and sighting.error_at:
        words = sighting.error_words[language]
        error = ErrorOut(code=sighting.error, field=sighting.error_field, words=words, at=sighting.error_at)
    counts = CountsOut(duplicate=duplicate, **counted(states))
    return {"seen_at": sighting and sighting.seen_at, "last_error": error, "counts": counts}
