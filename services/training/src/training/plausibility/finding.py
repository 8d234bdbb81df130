"""Looking through valid records for what a person should judge: one statement a rule pack, however many there are."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.signs import counted_by
from common.store.signs import keep_sql
from training.domain.plausibility import BOOK

# A record's hours are spread evenly over its days: more is not told. Who attends in person is on each of them there.
FOUND = text(f"""
    WITH held AS MATERIALIZED (
        SELECT r.id, r.person_id, r.start_date, r.end_date, r.seconds, coalesce(r.jp_stated, r.jp_counted) AS jp,
            coalesce(r.jp_stated, r.jp_counted) / (r.end_date - r.start_date + 1) AS jp_a_day,
            r.form = ANY(CAST(:present AS text[])) AND r.end_date - r.start_date < :longest AS present
        FROM records r WHERE r.state = 'valid' AND r.end_date >= :since AND r.end_date < :until
    ), days AS MATERIALIZED (
        SELECT id, person_id, CAST(day AS date) AS day, jp_a_day
        FROM held, generate_series(start_date, end_date, interval '1 day') AS day WHERE present
    ), away AS (
        SELECT person_id, valid_from, valid_to FROM exemptions
        WHERE state = 'approved' AND ground = ANY(CAST(:grounds AS text[]))
        UNION ALL
        SELECT person_id, valid_from, valid_to FROM absences
    ), found (record_id, kind, figure, found_in, day) AS (
        SELECT d.id, 'overlap', count(DISTINCT o.id), array_agg(DISTINCT o.id), NULL FROM days d JOIN days o
            ON o.person_id = d.person_id AND o.day = d.day AND o.id <> d.id AND o.jp_a_day >= :full_day
        WHERE d.jp_a_day >= :full_day GROUP BY d.id
        UNION ALL
        SELECT d.id, 'long-day', whole.jp, whole.ids, d.day FROM days d JOIN (
            SELECT person_id, day, CAST(floor(sum(jp_a_day)) AS int) AS jp, array_agg(id ORDER BY id) AS ids
            FROM days GROUP BY 1, 2
        ) whole USING (person_id, day)
        UNION ALL
        SELECT d.id, 'leave', count(DISTINCT d.day), ARRAY[d.id], NULL FROM days d JOIN away a
            ON a.person_id = d.person_id AND a.valid_from <= d.day AND (a.valid_to IS NULL OR d.day < a.valid_to)
        GROUP BY d.id
        UNION ALL
        SELECT id, 'too-fast', CAST(least(floor(jp * :jp_minutes * 60 / greatest(seconds, 1)), 1000000) AS int),
            ARRAY[id], NULL
        FROM held WHERE seconds IS NOT NULL
        UNION ALL
        SELECT h.id, 'shared-file', count(DISTINCT other.person_id), array_agg(DISTINCT other.id), NULL
        FROM held h JOIN evidence_files f ON f.record_id = h.id AND f.sha256 <> ''
        JOIN evidence_files o ON o.sha256 = f.sha256 JOIN records other ON other.id = o.record_id
        WHERE other.person_id <> h.person_id GROUP BY h.id
    )
    {keep_sql("record_flags", "record_id")}
""")  # noqa: S608 - built of names in this code


async def find(session: AsyncSession, clock: Clock) -> int:
    """Flags the records that show a sign that nobody has judged; returns how many flags are new or more.

    Each record is judged by the pack of the day it ended, and stays as it is. Safe to run at any time.
    """
    today = clock.today()
    found = [(await session.execute(FOUND, counted_by(pack, today))).all() for pack in BOOK.packs]
    return sum(map(len, found))
