"""What must always be true of classes."""

from common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "no class has more people than seats",
        """
        SELECT c.id FROM classes c JOIN enrolments e ON e.class_id = c.id AND e.state = 'enrolled'
        GROUP BY c.id HAVING count(*) > c.seats
        """,
    ),
    Invariant(
        "somebody waits only where no seat is free",
        """
        SELECT c.id FROM classes c JOIN enrolments e ON e.class_id = c.id
        GROUP BY c.id HAVING count(*) FILTER (WHERE e.state = 'enrolled') < c.seats
            AND count(*) FILTER (WHERE e.state = 'waiting') > 0
        """,
    ),
    Invariant(
        "a result's record is its person's",
        """
        SELECT r.record_id FROM class_results r LEFT JOIN records t ON t.id = r.record_id AND t.person_id = r.person_id
        WHERE r.record_id IS NOT NULL AND t.id IS NULL
        """,
    ),
)
