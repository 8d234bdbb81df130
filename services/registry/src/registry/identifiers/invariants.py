"""What must always be true of the ids of other systems, as SQL: `python -m registry check`."""

from common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "every version of the ids of something says who recorded it",
        """
        SELECT subject_id, version FROM identified i
        WHERE version <> (SELECT count(*) FROM identifier_changes WHERE subject_id = i.subject_id)
        """,
    ),
    Invariant(
        "ids of other systems are of people, agencies and units on record",
        """
        SELECT kind, subject_id FROM identified i WHERE NOT EXISTS (
            SELECT FROM people WHERE id = i.subject_id AND i.kind = 'person'
            UNION ALL SELECT FROM agencies WHERE id = i.subject_id AND i.kind = 'agency'
            UNION ALL SELECT FROM units WHERE id = i.subject_id AND i.kind = 'unit'
        )
        """,
    ),
)
