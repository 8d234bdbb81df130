"""What must always hold of circles."""

from common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "no circle has more mentees than seats",
        "SELECT id FROM circles JOIN circle_members ON circle_id = id WHERE left_at IS NULL"
        " GROUP BY id HAVING count(*) > seats",
    ),
    Invariant(
        "nobody was at a meeting of a circle that they were never in",
        "SELECT a.id FROM circle_attendances a JOIN circle_meetings m ON m.id = a.meeting_id WHERE NOT EXISTS ("
        " SELECT FROM circle_members c WHERE c.circle_id = m.circle_id AND c.person_id = a.mentee_id)",
    ),
)
