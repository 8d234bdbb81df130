"""Signing in by a key and its secret, as learning platforms do: by HTTP Basic, or for a token that stands for them a while.

A secret is 256 random bits, so one keyed hash of it is as good as a slow one, and costs microseconds.
"""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials
from sqlalchemy import select
from sqlmodel import col

from common.links import Link, Signer
from common.refused import Refused
from common.store.database import Database
from common.web.auth import authenticated, bearer
from common.web.parts import WebParts, parts_of
from common.web.principals import Principal
from connectors.signing.tables import Connection, Credential
from contracts.callers import Caller
from contracts.rights import Right
from contracts.roles import named

FRESH_SECONDS = 10
"""For how long a process goes by what it has read of a credential or a connection: so long one that another process ended lives on."""
REMEMBERED = 10_000
ROLE = "platform_admin"
LIFE = timedelta(hours=1)
"""For how long a token is good."""
OURS = "xapi_"
"""What a token of ours begins with; one of the issuer's is a JWT, which begins otherwise."""
READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class _Read:
    """What was found of a credential or a connection, and until when that is good."""

    connection_id: UUID | None
    secret_hash: bytes
    enabled: bool
    until: float


_known: dict[tuple[Database, UUID], _Read] = {}


def new_secret() -> str:
    """A secret that nobody guesses."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str, nip_key: str) -> bytes:
    """What is kept of a secret, by a key that is made of the one that all services have."""
    key = hashlib.sha256(nip_key.encode()).digest()
    return hashlib.blake2b(secret.encode(errors="replace"), key=key, person=b"credential", digest_size=32).digest()


def forget(*ids: UUID) -> None:
    """What has changed is read anew by this process at once."""
    for known in [each for each in _known if each[1] in ids]:
        _known.pop(known, None)


@dataclass(frozen=True)
class ConnectionRight(Right):
    """A right of a platform, which signs in by the key and secret of its connection, or with a token that names it."""

    async def __call__(  # pyright: ignore[reportIncompatibleMethodOverride] - FastAPI asks for what it names
        self, request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
    ) -> Caller[Any]:
        parts = parts_of(request)
        scheme, _, told = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic" or told.startswith(OURS):
            connection_id = await (
                _by_token(parts, told, request.method) if told.startswith(OURS) else _by_secret(parts, told)
            )
            principal = Principal(f"connection:{connection_id}", named(ROLE), {"connection": connection_id})
            await parts.rates.subject(principal.subject, request.method)
            request.state.subject = principal.subject
        else:
            principal = await authenticated(request, credentials)
        caller = await super().__call__(request, principal)
        await _check(parts, caller.speaks_for("connection"))
        return caller


async def give_token(parts: WebParts, key: str, secret: str) -> str:
    """A token for a key and its secret, good for `LIFE`. Raises Refused: `unauthorized`, `connection-disabled`."""
    credential_id, connection_id = await _known_as(parts, key, secret)
    await _check(parts, connection_id)
    return OURS + _signer(parts).token(Link(credential_id, connection_id), parts.clock.now() + LIFE)


def _signer(parts: WebParts) -> Signer:
    return Signer(parts.settings.nip_key.get_secret_value(), "xapi-token")


async def _by_secret(parts: WebParts, told: str) -> UUID:
    """Which connection a key and its secret stand for. Raises Refused `unauthorized`."""
    try:
        key, _, secret = base64.b64decode(told, validate=True).decode().partition(":")
    except ValueError as error:
        raise Refused("unauthorized") from error
    _, connection_id = await _known_as(parts, key, secret)
    return connection_id


async def _by_token(parts: WebParts, told: str, method: str) -> UUID:
    """Which connection a token stands for, which may write and not read; it ends with the key it was given for.

    Raises Refused: `unauthorized`, `forbidden`.
    """
    try:
        link = _signer(parts).link(told.removeprefix(OURS), parts.clock.now())
    except Refused as refused:
        raise Refused("unauthorized") from refused
    if (await _read(parts.database, link.id)).connection_id != link.subject:
        raise Refused("unauthorized")
    if method in READING:
        raise Refused("forbidden")
    return link.subject


async def _known_as(parts: WebParts, key: str, secret: str) -> tuple[UUID, UUID]:
    """The ids of a key and of its connection. Raises Refused `unauthorized`."""
    try:
        credential_id = UUID(key)
    except ValueError as error:
        raise Refused("unauthorized") from error
    found = await _read(parts.database, credential_id)
    hashed = hash_of(secret, parts.settings.nip_key.get_secret_value())
    if found.connection_id is None or not hmac.compare_digest(found.secret_hash, hashed):
        raise Refused("unauthorized")
    return credential_id, found.connection_id


async def _check(parts: WebParts, connection_id: UUID) -> None:
    """Raises Refused: `not-found` for a connection that is none, `connection-disabled`."""
    found = await _read(parts.database, connection_id)
    if found.connection_id is None:
        raise Refused("not-found")
    if not found.enabled:
        raise Refused("connection-disabled")


async def _read(database: Database, asked: UUID) -> _Read:
    """What is known of a credential, or of a connection, by its id."""
    now = time.monotonic()
    known = _known.get((database, asked))
    if known is not None and now < known.until:
        return known
    query = (
        select(col(Connection.id), col(Credential.secret_hash), col(Connection.enabled))
        .outerjoin(Credential, (col(Credential.connection_id) == col(Connection.id)) & (col(Credential.id) == asked))
        .where((col(Credential.id) == asked) | (col(Connection.id) == asked))
    )
    async with database.reading() as session:
        row = (await session.execute(query)).one_or_none()
    if row is None:
        return _Read(None, b"", enabled=False, until=now)
    found = _Read(row[0], row[1] or b"", enabled=row[2], until=now + FRESH_SECONDS)
    if len(_known) >= REMEMBERED:
        _known.clear()
    _known[database, asked] = found
    return found
