"""What must always hold of sessions and of what was told of them."""

from common.invariants import Invariant
from mentoring.completion.held import HELD, source_of

INVARIANTS = (
    Invariant(
        "what was told of a mentee's year is the days of their confirmed sessions",
        "SELECT id FROM completions c WHERE days <> ARRAY("  # noqa: S608 - built of names in this code
        f" SELECT held_on FROM ({HELD}) h WHERE h.mentee_id = c.mentee_id AND extract(year FROM held_on) = c.year"
        f" AND {source_of('h')} = {source_of('c')} ORDER BY held_on)",
    ),
    Invariant(
        "the confirmed sessions of what is over were told",
        "SELECT session_id FROM ("  # noqa: S608 - built of names in this code
        f" SELECT h.session_id, h.mentee_id, h.held_on, {source_of('h')} AS source_id FROM ({HELD}) h"
        " LEFT JOIN pairs p ON p.id = h.pair_id LEFT JOIN circles k ON k.id = h.circle_id"
        " WHERE p.state <> 'active' OR k.state = 'over' OR h.talk_id IS NOT NULL"
        f") done WHERE NOT EXISTS (SELECT FROM completions c WHERE {source_of('c')} = source_id"
        " AND c.mentee_id = done.mentee_id AND c.year = extract(year FROM held_on))",
    ),
    Invariant(
        "a session counts on a day if and only if both have said that it was held",
        "SELECT id FROM mentoring_sessions WHERE (state = 'confirmed') <> (held_on IS NOT NULL)",
    ),
    Invariant(
        "no session before both have signed",
        "SELECT id FROM mentoring_sessions s WHERE NOT EXISTS (SELECT FROM agreements a WHERE a.pair_id = s.pair_id"
        " AND greatest(mentee_signed_at, mentor_signed_at) <= s.starts_at"
        " AND num_nulls(mentee_signed_at, mentor_signed_at) = 0)",
    ),
    Invariant(
        "no two sessions of a mentee that count overlap",
        f"SELECT a.session_id FROM ({HELD}) a JOIN ({HELD}) b USING (mentee_id)"  # noqa: S608 - built of names in this code
        " WHERE b.session_id > a.session_id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at",
    ),
)
