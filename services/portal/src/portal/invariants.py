"""What must always be true of sessions, as SQL: `python -m portal check`."""

from common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "a session ends after it has begun, and was last seen in between",
        """
        SELECT encode(id, 'hex') AS session FROM sessions WHERE NOT (begun_at <= seen_at AND seen_at <= ends_at)
        """,
    ),
)
