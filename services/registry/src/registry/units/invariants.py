"""What must always be true of units, as SQL."""

from common.invariants import Invariant
from registry.standing import follows, is_there, no_loop

INVARIANTS = (
    follows("unit"),
    is_there("unit", "unit", "parent_id"),
    no_loop("unit", "parent_id"),
    Invariant(
        "nobody is assigned to a unit after it was closed",
        """
        SELECT a.person_id, a.valid_from FROM assignments a
        WHERE a.unit_id IS NOT NULL AND coalesce(a.valid_to, 'infinity') > (
            SELECT CASE WHEN bool_and(valid_to IS NOT NULL) THEN max(valid_to) ELSE 'infinity' END
            FROM unit_states WHERE unit_id = a.unit_id
        )
        """,
    ),
)
