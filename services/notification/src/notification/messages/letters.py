"""Letters: messages that a service asks for, and the one that checks an address."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.store.sets import Columns, lists, unnest
from contracts.addresses import read_address
from contracts.events.registry import ContactChanged
from notification.domain.delivery import mail_id
from notification.messages.commands import ADDRESSES_LOCK, queue, unsent
from notification.messages.kinds import CHECK_ADDRESS, KINDS, CheckAddress, read_values
from notification.messages.tables import Attachment

NAMED: Columns = {"person_id": "uuid", "recipient": "text"}


async def take_requests(session: AsyncSession, received: Sequence[Received], now: datetime) -> None:
    """Queues what was asked for; asked for again, it is the same message. Raises ValueError for what nobody can write."""
    rows: list[dict[str, Any]] = []
    files: list[dict[str, Any]] = []
    for each in received:
        asked = each.event
        values = read_values(asked.template, asked.values, asked.reason)
        row = _letter(asked.template, asked.request_id, values, asked.reason, asked.expires_at, now)
        whom = "person_id" if asked.recipient == "person" else "agency_id"
        told = {whom: asked.recipient_id, "asked_by": asked.asked_by, "traceparent": each.traceparent}
        rows.append(row | told)
        files += (
            {
                "message_id": row["id"],
                "number": number,
                "name": file.name,
                "media_type": file.media_type,
                "content": b64decode(file.content, validate=True),
            }
            for number, file in enumerate(asked.attachments, 1)
        )
    await queue(session, rows)
    if files:
        await session.execute(insert(Attachment).on_conflict_do_nothing(), files)


async def hear_contacts(session: AsyncSession, told: Mapping[UUID, ContactChanged], now: datetime) -> None:
    """Sends what waited for an address or for one that is no more, and the mails that check addresses."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADDRESSES_LOCK})
    named = [(person, read_address(one.email).ascii.lower()) for person, one in told.items() if one.email]
    await session.execute(
        text(
            "UPDATE messages SET state = 'queued', reason = NULL, due_at = :now"  # noqa: S608 - built of names in this code
            f" FROM {unnest(NAMED)} WHERE messages.person_id = given.person_id AND template <> :check"
            " AND (state = 'waiting' OR state = 'queued' AND (tries > 0 OR claimed_until IS NOT NULL)"
            "  AND lower(messages.recipient) <> given.recipient)"
        ),
        lists(NAMED, named) | {"now": now, "check": CHECK_ADDRESS},
    )
    checks = {person: one.check for person, one in told.items() if one.check and one.check.expires_at > now}
    await queue(
        session,
        [
            _letter(
                CHECK_ADDRESS,
                check.check_id,
                CheckAddress(check_id=check.check_id, token=check.token).model_dump(mode="json"),
                "new-address",
                check.expires_at,
                now,
            )
            | {"person_id": person}
            for person, check in checks.items()
        ],
    )


def _letter(
    template: str, asked: UUID, values: dict[str, Any], why: str, expires_at: datetime, now: datetime
) -> dict[str, Any]:
    """The row of a letter; whose address it goes to is looked up when it is sent."""
    key = f"{template}/{asked}"
    return {
        "id": mail_id(key),
        "dedupe_key": key,
        "template": template,
        "template_version": KINDS[template].version,
        "values": values,
        "why": why,
        "person_id": None,
        "agency_id": None,
        "asked_by": None,
        "cc": [],
        "traceparent": None,
        "expires_at": expires_at,
        **unsent(now, now),
    }
