"""What must always hold of sessions and of what was told of them."""

from common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "what was told of a pair's year is the days of its confirmed sessions",
        "SELECT pair_id, year FROM completions c WHERE days <> ARRAY("
        " SELECT held_on FROM mentoring_sessions s WHERE s.pair_id = c.pair_id AND extract(year FROM held_on) = c.year"
        " ORDER BY held_on)",
    ),
    Invariant(
        "the confirmed sessions of a pair that is over were told",
        "SELECT s.id FROM mentoring_sessions s JOIN pairs p ON p.id = s.pair_id"
        " WHERE held_on IS NOT NULL AND p.state <> 'active' AND NOT EXISTS ("
        " SELECT FROM completions c WHERE c.pair_id = p.id AND c.year = extract(year FROM held_on))",
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
        "no two sessions of a mentee that both confirmed overlap",
        "SELECT a.id FROM mentoring_sessions a JOIN pairs p ON p.id = a.pair_id JOIN pairs q USING (mentee_id)"
        " JOIN mentoring_sessions b ON b.pair_id = q.id AND b.id > a.id AND a.starts_at < b.ends_at"
        " AND b.starts_at < a.ends_at WHERE a.state = 'confirmed' AND b.state = 'confirmed'",
    ),
)
