"""What counts, as SQL: each session of a pair, presence at a circle and single talk that both sides have confirmed."""

from collections.abc import Mapping
from typing import Literal

from sqlalchemy import TextClause, text

Source = Literal["pair_id", "circle_id", "talk_id"]
"""What sessions are of, by the column that names it."""

HELD = """
    SELECT 'mentoring' AS kind, s.id AS session_id, s.pair_id, CAST(NULL AS uuid) AS circle_id,
        CAST(NULL AS uuid) AS talk_id, p.programme_id, p.mentee_id, p.mentor_id, s.held_on, s.starts_at, s.ends_at
    FROM mentoring_sessions s JOIN pairs p ON p.id = s.pair_id WHERE s.held_on IS NOT NULL
    UNION ALL
    SELECT 'circle', m.id, NULL, m.circle_id, NULL, c.programme_id, a.mentee_id, c.mentor_id, a.held_on,
        m.starts_at, m.ends_at
    FROM circle_attendances a JOIN circle_meetings m ON m.id = a.meeting_id JOIN circles c ON c.id = m.circle_id
    WHERE a.held_on IS NOT NULL
    UNION ALL
    SELECT s.kind, t.id, NULL, NULL, t.id, s.programme_id, t.mentee_id, s.mentor_id, t.held_on, s.starts_at, s.ends_at
    FROM talks t JOIN talk_slots s ON s.id = t.slot_id WHERE t.held_on IS NOT NULL
"""
"""A row is one session of one mentee. `held_on` is the day it counts on, of what counts alone."""

TAKING_PART: Mapping[Source, str] = {
    "pair_id": """
        SELECT id AS pair_id, CAST(NULL AS uuid) AS circle_id,
            CAST(NULL AS uuid) AS talk_id, 'mentoring' AS kind, programme_id, mentee_id, mentor_id,
            state, mentee_agency_id, mentee_unit_id, mentor_agency_id, mentor_unit_id
        FROM pairs""",
    "circle_id": """
        SELECT CAST(NULL AS uuid) AS pair_id, circle_id, CAST(NULL AS uuid) AS talk_id, 'circle' AS kind, programme_id, person_id AS mentee_id, mentor_id,
            CASE WHEN state = 'over' THEN 'completed' WHEN left_at IS NULL THEN 'active' ELSE 'ended' END AS state,
            NULL AS mentee_agency_id, NULL AS mentee_unit_id, NULL AS mentor_agency_id, NULL AS mentor_unit_id
        FROM circle_members JOIN circles ON id = circle_id""",
    "talk_id": """
        SELECT CAST(NULL AS uuid) AS pair_id, CAST(NULL AS uuid) AS circle_id, t.id AS talk_id, kind, programme_id,
            mentee_id, mentor_id, 'completed' AS state,
            NULL AS mentee_agency_id, NULL AS mentee_unit_id, NULL AS mentor_agency_id, NULL AS mentor_unit_id
        FROM talks t JOIN talk_slots s ON s.id = slot_id""",
}
"""Who takes part as a mentee, and what has become of it in the words of pairs. No agencies are kept but of pairs.

A talk is over once it was held, so it is told at once.
"""


def source_of(alias: str) -> str:
    """What a row of `HELD`, or of what was told, is of."""
    return f"coalesce({alias}.pair_id, {alias}.circle_id, {alias}.talk_id)"


def years_of(source: Source) -> TextClause:
    """The years of some of a source whose sessions are not those that were told last, mentee by mentee."""
    return text(f"""
        WITH held AS (
            SELECT {source}, mentee_id, CAST(extract(year FROM held_on) AS int) AS year,
                array_agg(held_on ORDER BY held_on) AS days,
                CAST(sum(extract(epoch FROM ends_at - starts_at)) / 60 AS int) AS minutes
            FROM ({HELD}) h WHERE {source} = ANY(CAST(:some AS uuid[])) GROUP BY 1, 2, 3
        ), told AS (
            SELECT {source}, mentee_id, year, days AS before, version FROM completions
            WHERE {source} = ANY(CAST(:some AS uuid[]))
        )
        SELECT year, coalesce(days, '{{}}') AS days, coalesce(minutes, 0) AS minutes,
            before, told.version, g.title, s.*
        FROM held FULL JOIN told USING ({source}, mentee_id, year)
        JOIN ({TAKING_PART[source]}) s USING ({source}, mentee_id) JOIN programmes g ON g.id = s.programme_id
        WHERE before IS DISTINCT FROM coalesce(days, '{{}}') ORDER BY {source}, mentee_id, year
    """)  # noqa: S608 - built of names in this code
