"""Looking through confirmed sessions for what a person should judge: one statement, however many there are.

Only sessions that count are looked at, so nothing here keeps somebody from planning, holding or confirming one. Meetings of a
circle that counted take their time of the mentor too; a circle has no sign of its own, since each hour of it has the word of
the mentor and of every mentee who was there.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.signs import counted_by
from common.store.signs import keep_sql
from mentoring.domain.flags import BOOK

# `held_on` is of sessions that count alone.
FOUND = text(f"""
    WITH held AS MATERIALIZED (
        SELECT s.id, s.pair_id, p.mentor_id, p.mentee_id, s.held_on, s.starts_at, s.ends_at,
            greatest(s.mentee_said_at, s.mentor_said_at) AS told_at,
            CASE WHEN length(s.log) >= :log_characters THEN md5(s.log) END AS log
        FROM mentoring_sessions s JOIN pairs p ON p.id = s.pair_id WHERE s.held_on >= :since AND s.held_on < :until
    ), met AS MATERIALIZED (
        SELECT c.mentor_id, m.starts_at, m.ends_at, min(a.held_on) AS held_on
        FROM circle_meetings m JOIN circles c ON c.id = m.circle_id JOIN circle_attendances a ON a.meeting_id = m.id
        WHERE a.held_on >= :since AND a.held_on < :until GROUP BY m.id, c.mentor_id
    ), found (pair_id, kind, figure, found_in, day) AS (
        SELECT pair_id, 'overlap', count(*), array_agg(id ORDER BY id), NULL FROM held h WHERE EXISTS (
            SELECT FROM held o WHERE o.mentor_id = h.mentor_id AND o.mentee_id <> h.mentee_id
            AND o.starts_at < h.ends_at AND h.starts_at < o.ends_at
            UNION ALL
            SELECT FROM met m WHERE m.mentor_id = h.mentor_id AND m.starts_at < h.ends_at AND h.starts_at < m.ends_at
        ) GROUP BY pair_id
        UNION ALL
        SELECT pair_id, 'rhythm', count(*) OVER week, array_agg(id) OVER week, held_on FROM held WINDOW week AS (
            PARTITION BY pair_id ORDER BY held_on
            RANGE BETWEEN CURRENT ROW AND make_interval(days => CAST(:rhythm_days AS int) - 1) FOLLOWING
        )
        UNION ALL
        SELECT h.pair_id, 'long-day', whole.minutes, array_agg(h.id ORDER BY h.id), h.held_on FROM held h JOIN (
            SELECT mentor_id, held_on, sum(extract(epoch FROM ends_at - starts_at) / 60) AS minutes FROM (
                SELECT mentor_id, held_on, starts_at, ends_at FROM held
                UNION ALL SELECT mentor_id, held_on, starts_at, ends_at FROM met
            ) both_kinds GROUP BY 1, 2
        ) whole USING (mentor_id, held_on) GROUP BY h.pair_id, h.held_on, whole.minutes
        UNION ALL
        SELECT one.pair_id, 'mutual', count(*), array_agg(other.pair_id ORDER BY other.pair_id), NULL
        FROM (SELECT DISTINCT pair_id, mentor_id, mentee_id FROM held) one
        JOIN (SELECT DISTINCT pair_id, mentor_id, mentee_id FROM held) other
            ON (other.mentor_id, other.mentee_id) = (one.mentee_id, one.mentor_id) GROUP BY one.pair_id
        UNION ALL
        SELECT pair_id, 'at-once', figure, found_in, day FROM (
            SELECT pair_id, count(*) OVER sitting AS figure, array_agg(id) OVER sitting AS found_in, held_on AS day,
                max(held_on) OVER sitting - min(held_on) OVER sitting AS apart
            FROM held WINDOW sitting AS (
                PARTITION BY pair_id ORDER BY told_at
                RANGE BETWEEN CURRENT ROW AND make_interval(mins => CAST(:at_once_minutes AS int)) FOLLOWING
            )
        ) told WHERE apart >= :at_once_days
        UNION ALL
        SELECT h.pair_id, 'same-log', alike.sessions, array_agg(h.id ORDER BY h.id), NULL FROM held h JOIN (
            SELECT mentor_id, log, count(*) AS sessions FROM held WHERE log IS NOT NULL GROUP BY 1, 2
        ) alike USING (mentor_id, log) GROUP BY h.pair_id, log, alike.sessions
    )
    {keep_sql("pair_flags", "pair_id")}
""")  # noqa: S608 - built of names in this code


async def find(session: AsyncSession, clock: Clock) -> int:
    """Flags the pairs whose sessions show a sign that nobody has judged; returns of how many that is new or more.

    Each session is judged by the pack of the day it was held on. Safe to run at any time.
    """
    today = clock.today()
    found = [(await session.execute(FOUND, counted_by(pack, today))).all() for pack in BOOK.packs]
    return sum(map(len, found))
