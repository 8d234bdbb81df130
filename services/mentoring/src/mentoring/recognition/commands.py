"""Telling what mentors have done, and saying thanks."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.ids import derived_id
from common.refused import Refused
from common.store.database import Database
from common.store.outbox import emit
from common.store.sets import put
from contracts.callers import Caller
from contracts.events.mentoring import MentorRecognised
from mentoring.completion.held import HELD, source_of
from mentoring.pairs.reach import held_pair
from mentoring.people import PEOPLE
from mentoring.profiles.queries import stood
from mentoring.recognition.schemas import ThanksIn
from mentoring.recognition.tables import Recognition, Thanks

AT_ONCE = 500
LEDGER = f"""
    SELECT mentor_id, year, count(*) FILTER (WHERE number = 1) AS sessions, count(DISTINCT mentee_id) AS mentees,
        CAST(coalesce(sum(extract(epoch FROM ends_at - starts_at)) FILTER (WHERE number = 1), 0) / 60 AS int) AS minutes
    FROM (
        SELECT h.*, c.year, row_number() OVER (PARTITION BY c.year, h.session_id ORDER BY h.mentee_id) AS number
        FROM ({HELD}) h JOIN completions c ON {source_of("c")} = {source_of("h")}
            AND c.mentee_id = h.mentee_id AND c.year = extract(year FROM h.held_on) {{where}}
    ) told GROUP BY mentor_id, year
"""  # noqa: S608 - built of names in this code
"""What was told of mentees' hours, by mentor and year; a meeting of a circle is one session however many were there."""
DIFFERING = text(f"""
    SELECT mentor_id FROM ({LEDGER.format(where="")}) held FULL JOIN recognitions told USING (mentor_id, year)
    WHERE mentor_id > :after AND (coalesce(held.sessions, 0), coalesce(held.minutes, 0), coalesce(held.mentees, 0))
        IS DISTINCT FROM (told.sessions, told.minutes, told.mentees)
    GROUP BY mentor_id ORDER BY mentor_id LIMIT :most
""")  # noqa: S608 - built of names in this code
CHANGES = text(f"""
    SELECT mentor_id, year, coalesce(held.sessions, 0) AS sessions, coalesce(held.minutes, 0) AS minutes,
        coalesce(held.mentees, 0) AS mentees, coalesce(told.version, 0) + 1 AS version
    FROM ({LEDGER.format(where="WHERE h.mentor_id = ANY(CAST(:mentors AS uuid[]))")}) held
    FULL JOIN (SELECT * FROM recognitions WHERE mentor_id = ANY(CAST(:mentors AS uuid[]))) told USING (mentor_id, year)
    WHERE (coalesce(held.sessions, 0), coalesce(held.minutes, 0), coalesce(held.mentees, 0))
        IS DISTINCT FROM (told.sessions, told.minutes, told.mentees)
    ORDER BY mentor_id, year
""")  # noqa: S608 - built of names in this code


async def recognise_all(database: Database, clock: Clock) -> int:
    """Tells what mentors have done where it is not what was told last. Returns how many mentors and years that were.

    Safe to run at any time: each round of mentors is a transaction of its own, and finds what is left.
    """
    told, after = 0, UUID(int=0)
    while True:
        async with database.transaction() as session:
            mentors = (await session.scalars(DIFFERING, {"after": after, "most": AT_ONCE})).all()
            told += await _recognise(session, mentors, clock)
        if len(mentors) < AT_ONCE:
            return told
        after = mentors[-1]


async def _recognise(session: AsyncSession, mentors: Any, clock: Clock) -> int:
    people = await PEOPLE.lock(session, mentors)
    places = {row.person_id: row for row in await stood(session, mentors, clock.today())}
    rows: list[dict[str, Any]] = []
    for row in await session.execute(CHANGES, {"mentors": list(mentors)}):
        figures = {name: getattr(row, name) for name in ("mentor_id", "year", "sessions", "minutes", "mentees")}
        event = MentorRecognised(
            **figures,
            mentor_agency_id=people.by_id[row.mentor_id].agency_on(clock.today()),
            mentor_unit_id=places[row.mentor_id].unit_id,
            corrections=row.version - 1,
        )
        event_id = derived_id("recognised", row.mentor_id, row.year, row.version)
        emit(session, event, sequence=row.version, event_id=event_id, time=clock.now())
        rows.append(figures | {"version": row.version, "told_at": clock.now()})
    await put(session, Recognition.table(), rows)
    return len(rows)


async def thank(session: AsyncSession, pair_id: UUID, document: ThanksIn, caller: Caller[None]) -> None:
    """Says thanks for a pair in which the caller is the mentee; said again, it is other words. Raises Refused `not-found`, `not-the-mentee`."""
    two = await held_pair(session, pair_id, caller)
    if two.side != "mentee":
        raise Refused("not-the-mentee")
    await session.merge(Thanks(pair_id=two.pair.id, **document.model_dump(), said_at=caller.now))
