"""What must always be true of deputies."""

from common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "nobody has two deputies in one duty on one day",
        """
        SELECT one.id, other.id AS other_id
        FROM delegations one JOIN delegations other USING (person_id, duty)
        WHERE one.id < other.id
            AND greatest(one.valid_from, other.valid_from) < least(one.valid_to, other.valid_to)
        """,
    ),
    Invariant(
        "no line of deputies comes back to where it began",
        """
        WITH RECURSIVE line AS (
            SELECT person_id AS first, deputy_id AS last, duty, valid_from AS since, valid_to AS until
            FROM delegations WHERE valid_from < valid_to
            UNION
            SELECT line.first, d.deputy_id, line.duty, greatest(line.since, d.valid_from), least(line.until, d.valid_to)
            FROM line JOIN delegations d ON d.person_id = line.last AND d.duty = line.duty
            WHERE line.first <> line.last AND greatest(line.since, d.valid_from) < least(line.until, d.valid_to)
        )
        SELECT first AS person_id, since FROM line WHERE first = last
        """,
    ),
)
