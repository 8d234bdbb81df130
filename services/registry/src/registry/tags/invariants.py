"""What must always be true of tags, as SQL: `python -m registry check`."""

from common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "nobody has the same tag twice at a time",
        """
        SELECT one.person_id, tag FROM tags one JOIN tags other USING (person_id, tag)
        WHERE one.valid_from < other.valid_from AND other.valid_from < coalesce(one.valid_to, 'infinity')
        """,
    ),
)
