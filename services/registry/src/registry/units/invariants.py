"""What must always be true of units, as SQL."""

from common.invariants import Invariant
from registry.standing import LIFE, follows, is_there, left_on, no_loop

INVARIANTS = (
    follows("unit"),
    is_there("unit", "unit", "parent_id"),
    no_loop("unit", "parent_id"),
    Invariant(
        "nobody who serves is assigned to a unit after it was closed",
        f"""
        SELECT a.person_id, a.valid_from FROM assignments a
        JOIN LATERAL ({LIFE} unit_states WHERE unit_id = a.unit_id) unit ON true
        WHERE coalesce(a.valid_to, 'infinity') > unit.ends AND {left_on("a.person_id")} > unit.ends
        """,  # noqa: S608 - names of our own tables
    ),
)
