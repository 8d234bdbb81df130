"""Letting sessions count: on the day where the mentee serves, once an hour, and told one by one."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events.mentoring import Kind, SessionConfirmed
from contracts.zone import day_in
from mentoring.completion.held import HELD, source_of
from mentoring.domain.sessions import MOST_A_YEAR, Span
from mentoring.profiles.queries import stood
from roster.people import Locked

OTHERS = text(f"""
    SELECT mentee_id, bool_or(starts_at < :ends_at AND ends_at > :starts_at) AS overlaps,
        array_agg(CAST(extract(year FROM held_on) AS int)) FILTER (WHERE {source_of("h")} = :source) AS years
    FROM ({HELD}) h WHERE mentee_id = ANY(CAST(:mentees AS uuid[])) AND session_id <> :own GROUP BY mentee_id
""")  # noqa: S608 - built of names in this code


class HeldSession(NamedTuple):
    """A session that was held, and what it is of: a pair, a circle or a talk. `id` is that of the session, of a circle's meeting."""

    id: UUID
    kind: Kind
    source_id: UUID
    programme_id: UUID
    mentor_id: UUID
    span: Span


class Presence(NamedTuple):
    """What is told of one mentee at a session, and where in what was sent they stand, if there."""

    told_as: UUID
    sequence: int
    field: str | None = None


async def count(
    session: AsyncSession, held: HeldSession, present: Mapping[UUID, Presence], people: Locked, caller: Caller[None]
) -> dict[UUID, date]:
    """The day on which a session counts for each of these mentees, of which it tells. All of them and the mentor are held.

    Raises Refused `not-in-service`, `session-overlaps`, `sessions-over`.
    """
    mentees = sorted(present)
    rows = await stood(session, [*mentees, held.mentor_id], day_in("WIB", held.span.starts_at))
    stand = {row.person_id: row for row in rows}
    asked = {"own": held.id, "source": held.source_id, "mentees": mentees, **held.span._asdict()}
    others = {row.mentee_id: row for row in await session.execute(OTHERS, asked)}
    mentor, days = stand[held.mentor_id], dict[UUID, date]()
    for mentee_id in mentees:
        mentee, other, told = stand[mentee_id], others.get(mentee_id), present[mentee_id]
        held_on = day_in(mentee.zone or "WIB", held.span.starts_at)
        if not all(people.by_id[each].in_service(held_on) for each in (mentee_id, held.mentor_id)):
            raise Refused("not-in-service", field=told.field)
        if other and other.overlaps:
            raise Refused("session-overlaps", field=told.field)
        if other and (other.years or []).count(held_on.year) >= MOST_A_YEAR:
            raise Refused("sessions-over", field=told.field, most=MOST_A_YEAR)
        event = SessionConfirmed(
            session_id=told.told_as,
            kind=held.kind,
            pair_id=held.source_id if held.kind == "mentoring" else None,
            programme_id=held.programme_id,
            mentee_id=mentee_id,
            mentor_id=held.mentor_id,
            mentee_agency_id=people.by_id[mentee_id].agency_on(held_on),
            mentee_unit_id=mentee.unit_id,
            mentor_agency_id=people.by_id[held.mentor_id].agency_on(held_on),
            mentor_unit_id=mentor.unit_id,
            held_on=held_on,
            **held.span._asdict(),
        )
        emit(session, event, sequence=told.sequence, time=caller.now)
        days[mentee_id] = held_on
    return days
