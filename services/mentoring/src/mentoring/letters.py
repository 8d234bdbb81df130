"""What people are written about their sessions and talks."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import derived_id
from common.store.outbox import emit
from contracts.events.notification import MessageRequested


def tell_calendars(session: AsyncSession, whom: Iterable[UUID], title: str, found: Any, now: datetime) -> None:
    """Has the calendars of people told of a session as it is now: planned, at another time, or off.

    `found` is a session or a row of one, of a pair or a circle. Its sequence numbers what is told, so told again it is the same message.
    """
    is_off = found.state == "cancelled"
    values = {
        "session_id": str(found.id),
        "method": "CANCEL" if is_off else "REQUEST",
        "sequence": found.sequence,
        "title": title,
        "starts_at": found.starts_at.isoformat(),
        "ends_at": found.ends_at.isoformat(),
        "place": found.place,
        "told_at": now.isoformat(),
    }
    until = max(found.ends_at, now + timedelta(days=1))
    write(session, whom, "session", values, "your-session", (found.id, found.sequence), until, now)


def write(
    session: AsyncSession,
    whom: Iterable[UUID],
    template: str,
    values: Mapping[str, Any],
    reason: str,
    about: tuple[object, ...],
    until: datetime,
    now: datetime,
) -> None:
    """Asks for a letter to each of them; `about` is what makes it another letter than one before."""
    for person_id in whom:
        asked = MessageRequested(
            request_id=derived_id(template, *about, person_id),
            recipient="person",
            recipient_id=person_id,
            template=template,
            values=dict(values),
            reason=reason,
            expires_at=until,
        )
        emit(session, asked, sequence=1, time=now)
