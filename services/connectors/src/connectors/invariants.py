"""What must always hold of reports, as SQL: each statement finds what breaks it. `python -m connectors check` runs them."""

from common.invariants import Invariant
from connectors.people import PEOPLE

INVARIANTS = (
    *PEOPLE.invariants,
    Invariant(
        "whoever and whatever is not known is told of to nobody",
        "SELECT id FROM reports WHERE announced AND (person_id IS NULL OR (course IS NOT NULL AND course_id IS NULL))",
    ),
    Invariant(
        "what training was told is what the state says",
        "SELECT id FROM reports WHERE announced <> (state IN ('sent', 'taken', 'refused', 'in_review')) OR (announced AND version = 0)",
    ),
    Invariant(
        "no report has an answer to what was not told, and a taken one has a record",
        "SELECT id FROM reports WHERE answered > version OR (state = 'taken' AND record_id IS NULL)",
    ),
    Invariant(
        "one course of one person counts by one platform a year, unless a person has decided otherwise",
        """
        SELECT person_id, course_id, year FROM reports
        WHERE announced AND counts IS NULL AND course_id IS NOT NULL AND state <> 'refused'
        GROUP BY person_id, course_id, year HAVING count(DISTINCT connection_id) > 1
        """,
    ),
    Invariant(
        "whatever a platform says to be finished has a report",
        """
        SELECT DISTINCT s.connection_id, s.actor, s.course, s.day FROM signals s
        WHERE s.says = 'finished' AND NOT EXISTS (
            SELECT FROM reports r WHERE r.connection_id = s.connection_id AND r.actor = s.actor AND r.course = s.course
                AND r.day = s.day
        )
        """,
    ),
    Invariant(
        "what SIASN has taken has an id there, and what was removed was there",
        "SELECT id FROM siasn_exports WHERE state IN ('sent', 'removed') AND siasn_id IS NULL",
    ),
)
