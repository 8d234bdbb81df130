"""Keeping documents. Whoever changes one holds its key from before it looks until it has committed: no change is lost."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from connectors.documents.queries import document, within
from connectors.documents.tables import StoredDocument
from connectors.domain.documents import Conditions, Place, etag_of, laid_over, members

LOCK = text("SELECT pg_advisory_xact_lock(:lock)")
JSON = "application/json"


@dataclass(frozen=True)
class Body:
    """What a platform sends of a document."""

    content: bytes
    content_type: str

    @property
    def is_json(self) -> bool:
        """Whether it says that it is JSON."""
        return self.content_type.partition(";")[0].strip().lower() == JSON


Check = Callable[[str | None], None]


async def put(
    session: AsyncSession, connection_id: UUID, place: Place, name: str, body: Body, check: Check, now: datetime
) -> None:
    """Puts a document in the place of whatever was there. Raises Refused as `check` does of the tag of that."""
    before = await _held(session, connection_id, place, name)
    check(before.etag if before else None)
    await _write(session, connection_id, place, name, body, now)


async def post(
    session: AsyncSession, connection_id: UUID, place: Place, name: str, body: Body, check: Check, now: datetime
) -> None:
    """Lays a document over the one that is there, both JSON; puts it where there is none. Raises Refused `xapi-no-merge` too."""
    before = await _held(session, connection_id, place, name)
    check(before.etag if before else None)
    if body.is_json:
        members(body.content)
    if before is not None:
        if not (body.is_json and Body(before.content, before.content_type).is_json):
            raise Refused("xapi-no-merge")
        body = Body(laid_over(before.content, body.content), body.content_type)
    await _write(session, connection_id, place, name, body, now)


async def drop(session: AsyncSession, connection_id: UUID, place: Place, name: str, conditions: Conditions) -> None:
    """Deletes a document, if there is one. Raises Refused `changed-meanwhile`."""
    before = await _held(session, connection_id, place, name)
    conditions.check(before.etag if before else None)
    key = place.key(name)
    await session.execute(
        delete(StoredDocument).where(col(StoredDocument.connection_id) == connection_id, col(StoredDocument.key) == key)
    )


async def drop_all(session: AsyncSession, connection_id: UUID, place: Place) -> None:
    """Deletes every document of a place."""
    await session.execute(delete(StoredDocument).where(within(connection_id, place)))


async def _held(session: AsyncSession, connection_id: UUID, place: Place, name: str) -> StoredDocument | None:
    """The document that is there; nobody else changes or makes it meanwhile."""
    lock = int.from_bytes(place.key(name)[:8], "big", signed=True)
    await session.execute(LOCK, {"lock": lock})
    return await document(session, connection_id, place, name)


async def _write(
    session: AsyncSession, connection_id: UUID, place: Place, name: str, body: Body, now: datetime
) -> None:
    said = {
        "owner": place.owner,
        "registration": place.registration,
        "name": name,
        "content": body.content,
        "content_type": body.content_type,
        "etag": etag_of(body.content),
        "updated": now,
    }
    key = {"connection_id": connection_id, "key": place.key(name)}
    await session.execute(
        insert(StoredDocument.table()).values(**key, **said).on_conflict_do_update(index_elements=list(key), set_=said)
    )
