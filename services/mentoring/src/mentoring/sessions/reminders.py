"""Reminding of sessions and circles' meetings a day and an hour before, and the two of a pair of each other when they have not met for long."""

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.parts import Parts
from mentoring.domain.programmes import Rules
from mentoring.domain.sessions import DAY_BEFORE, HOUR_BEFORE
from mentoring.letters import write

AT_ONCE = 500
DUE = "state = 'planned' AND (starts_at <= :hour AND reminded < 2 OR starts_at <= :day AND reminded < 1)"
SOON = (
    text(f"""
        UPDATE mentoring_sessions s SET reminded = CASE WHEN s.starts_at <= :hour THEN 2 ELSE 1 END
        FROM pairs p JOIN programmes g ON g.id = p.programme_id WHERE p.id = s.pair_id AND s.id IN (
            SELECT id FROM mentoring_sessions WHERE {DUE} ORDER BY starts_at LIMIT :most FOR UPDATE SKIP LOCKED
        ) RETURNING s.id, s.sequence, s.starts_at, s.reminded, g.title, ARRAY[p.mentee_id, p.mentor_id] AS whom
    """),  # noqa: S608 - built of names in this code
    text(f"""
        UPDATE circle_meetings m SET reminded = CASE WHEN m.starts_at <= :hour THEN 2 ELSE 1 END
        FROM circles c JOIN programmes g ON g.id = c.programme_id WHERE c.id = m.circle_id AND m.id IN (
            SELECT id FROM circle_meetings WHERE {DUE} ORDER BY starts_at LIMIT :most FOR UPDATE SKIP LOCKED
        ) RETURNING m.id, m.sequence, m.starts_at, m.reminded, g.title, c.mentor_id || ARRAY(
            SELECT b.person_id FROM circle_members b WHERE b.circle_id = c.id AND b.left_at IS NULL ORDER BY b.person_id
        ) AS whom
    """),  # noqa: S608 - built of names in this code
)
QUIET = text("""
    WITH found AS (
        INSERT INTO quiet_pairs (pair_id, since, found_on)
        SELECT p.id, last.held_on, :today FROM pairs p JOIN programmes g ON g.id = p.programme_id CROSS JOIN LATERAL (
            SELECT coalesce(max(held_on), p.begins_on) AS held_on FROM mentoring_sessions s WHERE s.pair_id = p.id
        ) AS last
        WHERE p.state = 'active' AND last.held_on + coalesce(CAST(g.rules ->> 'quiet_days' AS int), :days) <= :today
        ON CONFLICT DO NOTHING RETURNING pair_id, since
    )
    SELECT pair_id, since, p.mentee_id, p.mentor_id, g.title
    FROM found JOIN pairs p ON p.id = pair_id JOIN programmes g ON g.id = p.programme_id ORDER BY pair_id
""")


async def remind(session: AsyncSession, parts: Parts) -> int:
    """Reminds those of a pair or a circle of what begins within a day or an hour; returns of how many. What has begun is passed over."""
    now = parts.clock.now()
    soon = {"hour": now + HOUR_BEFORE, "day": now + DAY_BEFORE, "most": AT_ONCE}
    rows = [row for statement in SOON for row in await session.execute(statement, soon)]
    for row in rows:
        if row.starts_at > now:
            values = {
                "title": row.title,
                "starts_at": row.starts_at.isoformat(),
                "within": "hour" if row.reminded > 1 else "day",
            }
            about = (row.id, row.sequence, row.reminded)
            write(session, row.whom, "session-soon", values, "your-session", about, row.starts_at, now)
    return len(rows)


async def find_quiet(session: AsyncSession, clock: Clock) -> int:
    """Lists the pairs that have held no session for as long as their programme says, and nudges both; returns how many.

    A pair is listed once since its last session.
    """
    rows = (await session.execute(QUIET, {"today": clock.today(), "days": Rules().quiet_days})).all()
    for row in rows:
        values = {"title": row.title, "days": (clock.today() - row.since).days}
        until = clock.now() + timedelta(days=14)
        both = (row.mentee_id, row.mentor_id)
        write(session, both, "quiet-pair", values, "your-pair", (row.pair_id, row.since), until, clock.now())
    return len(rows)
