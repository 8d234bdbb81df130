"""What is written about a single talk: to whom it concerns at each step, and to the calendars of both once there is a time."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring.letters import tell_calendars, write
from mentoring.talks.tables import Talk, TalkSlot
from mentoring.texts import TALKS, say

Step = Literal["asked", "accepted", "rejected", "expired", "cancelled"]


class _Entry(NamedTuple):
    """A talk as calendars are told of it: it is accepted once, and called off once."""

    id: UUID
    state: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    place: None = None


def tell(session: AsyncSession, step: Step, talk_id: UUID, person_id: UUID, starts_at: datetime, now: datetime) -> None:
    """Writes to somebody what has become of a talk."""
    values = {"step": step, "starts_at": starts_at.isoformat()}
    until = max(starts_at, now + timedelta(days=1))
    write(session, (person_id,), "talk", values, "your-talk", (talk_id, step), until, now)


def invite(session: AsyncSession, talk: Talk, slot: TalkSlot, now: datetime, *, off: bool = False) -> None:
    """Puts an accepted talk into the calendars of both, or takes it out again."""
    state, sequence = ("cancelled", 1) if off else ("planned", 0)
    entry = _Entry(talk.id, state, sequence, slot.starts_at, slot.ends_at)
    # As the title of a programme stands there for a session: the words of the two do not go by mail.
    tell_calendars(session, (talk.mentee_id, slot.mentor_id), say(TALKS[slot.kind], "id"), entry, now)
