"""What the calendar brings about: pairs whose last day is over, and years that end."""

from collections.abc import Mapping

from sqlalchemy import TextClause, text

from common.clock import Clock
from common.store.database import Database
from mentoring.completion.commands import tell
from mentoring.domain.completion import last_year_due

AT_ONCE = 500
OVER = text("""
    UPDATE pairs SET state = 'completed', version = version + 1 WHERE id IN (
        SELECT id FROM pairs WHERE state = 'active' AND ends_on < :today ORDER BY id LIMIT :most FOR UPDATE
    ) RETURNING id
""")
UNTOLD = text("""
    SELECT id FROM pairs p WHERE state = 'active' AND EXISTS (
        SELECT FROM mentoring_sessions s WHERE s.pair_id = p.id AND s.held_on <= make_date(:year, 12, 31) AND NOT EXISTS (
            SELECT FROM completions c WHERE c.pair_id = p.id AND c.year = extract(year FROM s.held_on)
        )
    ) ORDER BY id LIMIT :most FOR UPDATE
""")
"""`held_on` is of sessions that count alone."""


async def complete_all(database: Database, clock: Clock) -> tuple[int, int]:
    """Completes the pairs whose last day is over, and tells the years that end. Returns how many pairs each concerned.

    Safe to run at any time: each round is a transaction of its own, and finds what is left.
    """
    over = await _in_rounds(database, clock, OVER, {"today": clock.today()})
    return over, await _in_rounds(database, clock, UNTOLD, {"year": last_year_due(clock.today())})


async def _in_rounds(database: Database, clock: Clock, statement: TextClause, values: Mapping[str, object]) -> int:
    pairs = 0
    while True:
        async with database.transaction() as session:
            found = (await session.scalars(statement, {**values, "most": AT_ONCE})).all()
            await tell(session, found, clock)
        pairs += len(found)
        if len(found) < AT_ONCE:
            return pairs
