"""The life of a webhook and of its deliveries: made, claimed by a sender, settled, sent again by hand."""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import new_id
from common.refused import Refused
from common.web import etag
from connectors.domain.delivering import Tried, Verdict
from connectors.signing.reach import reached
from connectors.signing.tables import Connection
from connectors.webhooks.queries import kept_by
from connectors.webhooks.schemas import WebhookIn
from connectors.webhooks.tables import Attempt, Delivery, Webhook
from contracts.callers import Caller

BOTH = timedelta(hours=24)
"""For how long messages are signed by the former key too, once there is a new one."""
MOST = 10
"""Deliveries that are claimed for one webhook at once."""


@dataclass(frozen=True)
class Claimed:
    """A delivery that only one sender may try, until `until`; signed by the key of each of `secrets`."""

    id: UUID
    webhook_id: UUID
    url: str
    secrets: Collection[int]
    body: bytes
    tries: int
    until: datetime


def key_of(webhook_id: UUID, secret: int, nip_key: str) -> bytes:
    """The key of a webhook, made of the one that all services have: whoever reads the tables has none."""
    return hmac.digest(nip_key.encode(), f"webhook/{webhook_id}/{secret}".encode(), "sha256")


async def subscribe(session: AsyncSession, document: WebhookIn, caller: Caller[None]) -> UUID:
    """Makes a webhook for the caller's agency, or for a connection of theirs.

    Raises Refused: `field-missing` where a provider or a platform names no connection, `not-found`.
    """
    agency_id = None if document.connection_id else caller.agency if "agency_hr" in caller.roles else None
    if document.connection_id is None and agency_id is None:
        raise Refused("field-missing", field="connection_id")
    if document.connection_id is not None:
        query = select(col(Connection.id)).where(col(Connection.id) == document.connection_id, reached(caller))
        if await session.scalar(query) is None:
            raise Refused("not-found")
    made = Webhook(
        id=new_id(),
        agency_id=agency_id,
        **document.model_dump(exclude={"events"}),
        events=sorted(set(document.events)),
        ended=None,
        secret=1,
        former_until=None,
        paused_until=None,
        made_at=caller.now,
        version=1,
    )
    session.add(made)
    await session.flush()
    return made.id


async def change(
    session: AsyncSession, webhook_id: UUID, document: WebhookIn, caller: Caller[None], *, seen: etag.Versions
) -> None:
    """Says anew where to, of what and what for; switched on again, what waited leaves. Whose it is stays as it is.

    Raises Refused: `not-found`, `changed-meanwhile`, `webhook-owner`, `webhook-closed`.
    """
    found = await _held(session, webhook_id, caller)
    etag.check(seen, found.version)
    if document.connection_id != found.connection_id:
        raise Refused("webhook-owner", field="connection_id")
    found.url, found.purpose, found.reference = document.url, document.purpose, document.reference
    found.events, found.enabled = sorted(set(document.events)), document.enabled
    found.ended = None if document.enabled else found.ended
    found.paused_until = None
    found.version += 1
    await session.flush()


async def renew_secret(session: AsyncSession, webhook_id: UUID, caller: Caller[None]) -> None:
    """Gives a webhook a new secret; the one before signs too for a day. Raises Refused: `not-found`, `webhook-closed`."""
    found = await _held(session, webhook_id, caller)
    found.secret += 1
    found.former_until = caller.now + BOTH
    found.version += 1
    await session.flush()


async def secret_number(session: AsyncSession, webhook_id: UUID) -> int:
    """Which secret of a webhook is good now."""
    return (await session.execute(select(col(Webhook.secret)).where(col(Webhook.id) == webhook_id))).scalar_one()


async def replay(session: AsyncSession, webhook_id: UUID, delivery_id: UUID, caller: Caller[None]) -> None:
    """Delivers something again, under the same id, whatever became of it. Raises Refused: `not-found`, `webhook-closed`."""
    await _held(session, webhook_id, caller)
    query = select(Delivery).where(col(Delivery.id) == delivery_id, col(Delivery.webhook_id) == webhook_id)
    found = await session.scalar(query.with_for_update())
    if found is None:
        raise Refused("not-found")
    found.state, found.tries, found.due_at, found.settled_at = "waiting", 0, caller.now, None
    await session.flush()


async def claim(
    session: AsyncSession, *, busy: Collection[UUID], lease: timedelta, now: datetime
) -> dict[UUID, list[Claimed]]:
    """Takes what is due for each webhook that is not busy, by webhook: of each person only what is next.

    What is about somebody whose record rests stays, and so does what a connection that is switched off would be told.
    """
    until = now + lease
    rows = await session.execute(CLAIM, {"now": now, "until": until, "busy": list(busy), "most": MOST})
    claimed: dict[UUID, list[Claimed]] = {}
    for row in rows:
        both = row.former_until is not None and now < row.former_until
        secrets = [row.secret, row.secret - 1] if both else [row.secret]
        claimed.setdefault(row.webhook_id, []).append(
            Claimed(row.id, row.webhook_id, row.url, secrets, row.body.encode(), row.tries, until)
        )
    return claimed


async def settle(
    session: AsyncSession, claimed: Claimed, tried: Tried, verdict: Verdict, milliseconds: int, now: datetime
) -> None:
    """Notes a try and what it means. Of a delivery that somebody else has claimed meanwhile only the try is noted."""
    await session.execute(
        SETTLE,
        {
            "id": claimed.id,
            "until": claimed.until,
            "state": verdict.state,
            "due_at": verdict.due_at,
            "settled_at": None if verdict.state == "waiting" else now,
        },
    )
    session.add(
        Attempt(
            id=new_id(),
            delivery_id=claimed.id,
            at=now,
            status=tried.status,
            fault=tried.fault,
            milliseconds=milliseconds,
        )
    )
    if verdict.ends:
        await session.execute(END, {"id": claimed.webhook_id, "ends": verdict.ends})
    elif verdict.paused_until:
        await session.execute(PAUSE, {"id": claimed.webhook_id, "paused_until": verdict.paused_until})


async def end_closed(session: AsyncSession, agencies: Collection[UUID], now: datetime) -> None:
    """Ends for good what agencies that are closed have subscribed to; what has not left yet never does.

    Their people are others' now, who were told of another purpose: the heir makes a webhook with its own.
    """
    await session.execute(END_CLOSED, {"agencies": list(agencies), "now": now})


CLAIM = text("""
    WITH due AS MATERIALIZED (
        SELECT d.id FROM webhooks w LEFT JOIN connections c ON c.id = w.connection_id
        CROSS JOIN LATERAL (
            SELECT id FROM deliveries d
            WHERE webhook_id = w.id AND state = 'waiting' AND due_at <= :now
            AND (claimed_until IS NULL OR claimed_until <= :now)
            AND NOT EXISTS (
                SELECT FROM deliveries e WHERE e.webhook_id = d.webhook_id AND e.person_id = d.person_id
                AND e.state = 'waiting' AND e.position < d.position
            )
            AND NOT EXISTS (
                SELECT FROM restrictions r WHERE r.person_id = d.person_id AND jsonb_exists(r.parts, 'trainings')
            )
            ORDER BY due_at, position LIMIT :most FOR UPDATE SKIP LOCKED
        ) d
        WHERE w.enabled AND c.enabled IS NOT FALSE AND w.id <> ALL(CAST(:busy AS uuid[]))
        AND (w.paused_until IS NULL OR w.paused_until <= :now)
    )
    UPDATE deliveries SET claimed_until = :until, tries = tries + 1 FROM due, webhooks w
    WHERE deliveries.id = due.id AND w.id = deliveries.webhook_id
    RETURNING deliveries.id, webhook_id, url, secret, former_until, body, tries
""")
SETTLE = text(
    "UPDATE deliveries SET state = :state, due_at = :due_at, settled_at = :settled_at, claimed_until = NULL"
    " WHERE id = :id AND claimed_until = :until"
)
END = text("UPDATE webhooks SET enabled = false, ended = :ends, version = version + 1 WHERE id = :id AND enabled")
END_CLOSED = text("""
    WITH closed AS (
        UPDATE webhooks SET enabled = false, ended = 'closed', version = version + 1
        WHERE agency_id = ANY(CAST(:agencies AS uuid[])) AND ended IS DISTINCT FROM 'closed' RETURNING id
    )
    UPDATE deliveries SET state = 'failed', due_at = NULL, settled_at = :now, claimed_until = NULL
    FROM closed WHERE webhook_id = closed.id AND state = 'waiting'
""")
PAUSE = text(
    "UPDATE webhooks SET paused_until = greatest(paused_until, CAST(:paused_until AS timestamptz)) WHERE id = :id"
)


async def _held(session: AsyncSession, webhook_id: UUID, caller: Caller[None]) -> Webhook:
    found = await session.scalar(
        select(Webhook).where(col(Webhook.id) == webhook_id, kept_by(caller)).with_for_update()
    )
    if found is None:
        raise Refused("not-found")
    if found.ended == "closed":
        raise Refused("webhook-closed")
    return found
