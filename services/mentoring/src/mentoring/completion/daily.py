"""What the calendar brings about: pairs and circles whose last day is over, and years that end."""

from collections.abc import Mapping

from sqlalchemy import TextClause, text

from common.clock import Clock
from common.store.database import Database
from mentoring.completion.commands import tell
from mentoring.completion.held import Source
from mentoring.domain.completion import last_year_due

AT_ONCE = 500
OVER: Mapping[Source, TextClause] = {
    "pair_id": text("""
        UPDATE pairs SET state = 'completed', version = version + 1 WHERE id IN (
            SELECT id FROM pairs WHERE state = 'active' AND ends_on < :today ORDER BY id LIMIT :most FOR UPDATE
        ) RETURNING id
    """),
    "circle_id": text("""
        UPDATE circles SET state = 'over', version = version + 1 WHERE id IN (
            SELECT id FROM circles WHERE state = 'open' AND ends_on < :today ORDER BY id LIMIT :most FOR UPDATE
        ) RETURNING id
    """),
}
UNTOLD: Mapping[Source, TextClause] = {
    "pair_id": text("""
        SELECT id FROM pairs p WHERE state = 'active' AND EXISTS (
            SELECT FROM mentoring_sessions s WHERE s.pair_id = p.id AND s.held_on <= make_date(:year, 12, 31) AND NOT EXISTS (
                SELECT FROM completions c WHERE c.pair_id = p.id AND c.year = extract(year FROM s.held_on)
            )
        ) ORDER BY id LIMIT :most FOR UPDATE
    """),
    "circle_id": text("""
        SELECT id FROM circles k WHERE state = 'open' AND EXISTS (
            SELECT FROM circle_meetings m JOIN circle_attendances a ON a.meeting_id = m.id
            WHERE m.circle_id = k.id AND a.held_on <= make_date(:year, 12, 31) AND NOT EXISTS (
                SELECT FROM completions c WHERE c.circle_id = k.id AND c.mentee_id = a.mentee_id
                AND c.year = extract(year FROM a.held_on)
            )
        ) ORDER BY id LIMIT :most FOR UPDATE
    """),
}
"""`held_on` is of what counts alone."""


async def complete_all(database: Database, clock: Clock) -> tuple[int, int]:
    """Completes the pairs and circles whose last day is over, and tells the years that end. Returns how many each concerned.

    Safe to run at any time: each round is a transaction of its own, and finds what is left.
    """
    today, year = {"today": clock.today()}, {"year": last_year_due(clock.today())}
    over = [await _in_rounds(database, clock, source, OVER[source], today) for source in OVER]
    told = [await _in_rounds(database, clock, source, UNTOLD[source], year) for source in UNTOLD]
    return sum(over), sum(told)


async def _in_rounds(
    database: Database, clock: Clock, source: Source, statement: TextClause, values: Mapping[str, object]
) -> int:
    concerned = 0
    while True:
        async with database.transaction() as session:
            found = (await session.scalars(statement, {**values, "most": AT_ONCE})).all()
            await tell(session, found, clock, source)
        concerned += len(found)
        if len(found) < AT_ONCE:
            return concerned
