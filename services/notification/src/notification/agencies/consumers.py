"""Agencies as the registry tells of them; what waited for one, or for its PIC, goes on when it comes."""

import json
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.events import Reader, Received
from common.messages.inbox import Subscription
from common.messages.waiting import admit, release, take_up
from common.parts import Parts
from contracts import PUBLISHED, topics
from contracts.events import AgencyChanged
from notification.agencies.pics import addressees
from notification.messages.commands import readdress
from notification.rounds import commands, consumers


def subscription(parts: Parts) -> Subscription:
    """What is read of the registry."""
    handle = partial(take_agencies, clock=parts.clock, gathering=parts.settings.gathering)
    return Subscription("notification.agency", topics.AGENCIES, [AgencyChanged], handle)


async def take_agencies(
    session: AsyncSession, received: Sequence[Received], clock: Clock, gathering: timedelta
) -> None:
    """Keeps the newest word on each agency, then does what had to wait for it."""
    agencies = sorted({event.event.agency_id for event in received})
    await admit(session)
    changed = await _store(session, received)
    released = await release(session, consumers.CONSUMER, agencies, Reader(consumers.WANTED, PUBLISHED))
    await take_up(session, consumers.CONSUMER, released, lambda part: consumers.apply(session, part, clock, gathering))
    await commands.address_waiting(session, agencies, clock, gathering)
    await readdress(session, changed, clock.now())


async def _store(session: AsyncSession, received: Sequence[Received]) -> dict[UUID, list[str]]:
    """The addresses of the PICs of those agencies of which this is new."""
    newest = {event.event.agency_id: event for event in sorted(received, key=lambda event: event.sequence)}
    rows = [
        {
            "id": str(agency),
            "code": event.event.code,
            "name": event.event.name,
            "active": event.event.active,
            "pics": [pic.model_dump(include={"rank", "email", "language", "time_zone"}) for pic in event.event.pics],
            "sequence": event.sequence,
        }
        for agency, event in sorted(newest.items())
    ]
    changed = await session.execute(
        text(
            "INSERT INTO agencies (id, code, name, active, pics, sequence)"
            " SELECT id, code, name, active, pics, sequence FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
            " AS a(id uuid, code text, name text, active bool, pics jsonb, sequence bigint)"
            " ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, active = excluded.active,"
            " pics = excluded.pics, sequence = excluded.sequence WHERE agencies.sequence < excluded.sequence"
            " RETURNING id, pics"
        ),
        {"rows": json.dumps(rows)},
    )
    return {row.id: [named.recipient for named in addressees(row.pics)] for row in changed}
