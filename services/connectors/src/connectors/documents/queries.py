"""Reading documents."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from connectors.documents.tables import StoredDocument
from connectors.domain.documents import Place


def within(connection_id: UUID, place: Place) -> ColumnElement[bool]:
    """The condition for the documents of a place; of every registration where it names none."""
    registration = true() if place.registration is None else col(StoredDocument.registration) == place.registration
    return and_(
        col(StoredDocument.connection_id) == connection_id, col(StoredDocument.owner) == place.owner, registration
    )


async def document(session: AsyncSession, connection_id: UUID, place: Place, name: str) -> StoredDocument | None:
    """The document of that name."""
    return await session.get(StoredDocument, (connection_id, place.key(name)))


async def names(
    session: AsyncSession, connection_id: UUID, place: Place, since: datetime | None
) -> Sequence[tuple[str, datetime]]:
    """The names of the documents of a place, each with when it was changed; only those changed since, where that is asked."""
    query = select(col(StoredDocument.name), col(StoredDocument.updated)).where(within(connection_id, place))
    if since is not None:
        query = query.where(col(StoredDocument.updated) > since)
    found = await session.execute(query.order_by(col(StoredDocument.updated), col(StoredDocument.name)))
    return [(row[0], row[1]) for row in found]
