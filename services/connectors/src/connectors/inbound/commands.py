"""Addresses for webhooks: made, given new secrets, and asked whether a message is good. What is good is kept as it came."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

import jwt
import msgspec
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import new_id
from common.refused import Refused
from common.web.keys import KeySet
from common.web.parts import WebParts
from connectors.domain.knowing import CHECKS
from connectors.domain.payloads import Kind
from connectors.inbound.queries import check_reached
from connectors.inbound.schemas import ReceiverIn
from connectors.inbound.secrets import box, check_secret, new_secret
from connectors.inbound.tables import Arrival, Receiver
from contracts.callers import Caller

BOTH = timedelta(hours=24)
"""For how long the former secret is good beside a new one."""
CANVAS = "RS256"


async def open_receiver(
    session: AsyncSession, connection_id: UUID, document: ReceiverIn, caller: Caller[None]
) -> tuple[Receiver, str | None]:
    """Makes an address for a connection's webhooks, and tells the secret where one was made here.

    Raises Refused: `not-found`, `field-missing` for a site that has to be known, `receiver-secret`.
    """
    await check_reached(session, connection_id, caller)
    if document.site is None and document.kind in {"moodle", "cornerstone"}:
        raise Refused("field-missing", field="site")
    made, kept = _secret(document.kind, document.secret.get_secret_value() if document.secret else None, caller)
    receiver = Receiver(
        id=new_id(),
        connection_id=connection_id,
        kind=document.kind,
        site=document.site,
        secret=kept,
        former=None,
        former_until=None,
        made_at=caller.now,
    )
    session.add(receiver)
    await session.flush()
    return receiver, made


async def renew_secret(
    session: AsyncSession, connection_id: UUID, receiver_id: UUID, secret: str | None, caller: Caller[None]
) -> tuple[Receiver, str | None]:
    """Another secret, of the platform or made here; the one before is good beside it for a day.

    Raises Refused: `not-found`, `receiver-secret`.
    """
    await check_reached(session, connection_id, caller)
    query = select(Receiver).where(col(Receiver.id) == receiver_id, col(Receiver.connection_id) == connection_id)
    receiver = await session.scalar(query.with_for_update())
    if receiver is None:
        raise Refused("not-found")
    made, kept = _secret(cast("Kind", receiver.kind), secret, caller)
    receiver.former, receiver.former_until, receiver.secret = receiver.secret, caller.now + BOTH, kept
    await session.flush()
    return receiver, made


async def retake(session: AsyncSession, connection_id: UUID, arrival_id: UUID, caller: Caller[None]) -> None:
    """Reads a message again that was refused. Raises Refused `not-found`."""
    await check_reached(session, connection_id, caller)
    query = (
        select(Arrival)
        .join(Receiver, col(Receiver.id) == col(Arrival.receiver_id))
        .where(col(Arrival.id) == arrival_id, col(Receiver.connection_id) == connection_id)
        .with_for_update(of=Arrival)
    )
    found = await session.scalar(query)
    if found is None or found.state != "refused":
        raise Refused("not-found")
    found.state, found.code, found.field, found.settled_at = "waiting", None, None, None
    await session.flush()


async def take_in(
    session: AsyncSession, receiver_id: UUID, headers: Mapping[str, str], path: str, body: bytes, parts: WebParts
) -> None:
    """Keeps a good message as it came; the same again is kept once.

    Raises Refused: `not-found`, `connection-disabled`, `webhook-signature`, `webhook-clock`, `invalid-json`, `unavailable`.
    """
    found = (await session.execute(RECEIVER, {"id": receiver_id})).one_or_none()
    if found is None:
        raise Refused("not-found")
    await parts.rates.subject(f"receiver:{receiver_id}", "POST")
    if not found.enabled:
        raise Refused("connection-disabled")
    now = parts.clock.now()
    if found.kind == "canvas":
        body = await _of_canvas(body, parts.settings.canvas_jwks_url)
        key = sha256(body).digest()
    else:
        kept = [found.secret, *([found.former] if found.former and now < found.former_until else [])]
        opened = box(parts.settings.nip_key.get_secret_value())
        secrets = [opened.decrypt(each).decode() for each in kept]
        key = CHECKS[found.kind](headers, path, body, secrets, now)
    _check_json(body)
    values = {"id": new_id(), "receiver_id": receiver_id, "key": key, "body": body, "state": "waiting"}
    await session.execute(insert(Arrival).values(values | {"received_at": now}).on_conflict_do_nothing())


RECEIVER = text(
    "SELECT r.kind, r.secret, r.former, r.former_until, c.enabled FROM receivers r"
    " JOIN connections c ON c.id = r.connection_id WHERE r.id = :id"
)


def _secret(kind: Kind, given: str | None, caller: Caller[None]) -> tuple[str | None, bytes | None]:
    """The secret to tell, and as it is kept."""
    if given is not None:
        check_secret(kind, given)
    made = new_secret(kind) if given is None else None
    secret = given or made
    return made, box(caller.nip_key).encrypt(secret.encode()) if secret else None


@cache
def _keys_at(url: str) -> KeySet:
    return KeySet(url)


async def _of_canvas(body: bytes, jwks_url: str) -> bytes:
    """The JSON that a signed payload of Canvas carries. Raises Refused: `webhook-signature`, `unavailable`."""
    try:
        header = jwt.get_unverified_header(body)
        if header["alg"] != CANVAS:
            raise Refused("webhook-signature")
        keys = _keys_at(jwks_url)
        await keys.renew()
        key = await keys.key(header.get("kid"), CANVAS)
        # Live Events are tried again for minutes, and once more much later: what comes again counts once anyway.
        options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
        said = jwt.decode(body, key.public, algorithms=[CANVAS], options=options)
    except (jwt.InvalidTokenError, KeyError, ValueError, RecursionError) as error:
        raise Refused("webhook-signature") from error
    return msgspec.json.encode(said)


def _check_json(body: bytes) -> None:
    """Raises Refused `invalid-json`, also for what is nested too deep to be read."""
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused("invalid-json") from error
