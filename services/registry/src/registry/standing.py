"""What must always be true of whatever is there in dated states, units and posts alike, and of who is there with them."""

from common.invariants import Invariant

LIFE = (
    "SELECT min(valid_from) AS begins,"
    " CASE WHEN bool_and(valid_to IS NOT NULL) THEN max(valid_to) ELSE 'infinity' END AS ends FROM"
)
"""The first day, and the first day on which it is no more."""


def left_on(person: str) -> str:
    """The first day of retirement or death of the person of an id, as an expression; infinity while the service goes on."""
    return f"""coalesce((
            SELECT s.valid_from FROM statuses s WHERE s.person_id = {person} AND s.status IN ('retired', 'deceased')
                AND NOT EXISTS (
                    SELECT FROM statuses later WHERE later.person_id = s.person_id AND later.valid_from > s.valid_from
                        AND later.status NOT IN ('retired', 'deceased')
                ) ORDER BY s.valid_from LIMIT 1
        ), 'infinity')"""  # noqa: S608 - names of our own columns


def follows(thing: str) -> Invariant:
    """Its states leave no day out until it is closed."""
    return Invariant(
        f"the states of a {thing} follow each other without gap or overlap, and there is one",
        f"""
        SELECT {thing}_id FROM (
            SELECT *, lead(valid_from) OVER (PARTITION BY {thing}_id ORDER BY valid_from) AS next FROM {thing}_states
        ) AS spans WHERE next IS NOT NULL AND valid_to IS DISTINCT FROM next
        UNION ALL SELECT id FROM {thing}s t WHERE NOT EXISTS (SELECT FROM {thing}_states WHERE {thing}_id = t.id)
        """,  # noqa: S608 - names of our own tables
    )


def is_there(thing: str, other: str, column: str) -> Invariant:
    """What it refers to is there as long as it does."""
    return Invariant(
        f"the {other} that a {thing} names is there on all these days ({column})",
        f"""
        SELECT s.{thing}_id, s.valid_from FROM {thing}_states s
        JOIN LATERAL ({LIFE} {other}_states WHERE {other}_id = s.{column}) named ON true
        WHERE s.{column} IS NOT NULL
            AND (s.valid_from < named.begins OR coalesce(s.valid_to, 'infinity') > named.ends)
        """,  # noqa: S608 - names of our own tables
    )


def no_loop(thing: str, above: str) -> Invariant:
    """Nothing stands above itself on any day."""
    return Invariant(
        f"no {thing} stands above itself on any day",
        f"""
        WITH RECURSIVE line AS (
            SELECT {thing}_id AS below, {above} AS above, valid_from AS since, coalesce(valid_to, 'infinity') AS until
            FROM {thing}_states WHERE {above} IS NOT NULL
            UNION
            SELECT line.below, s.{above}, greatest(line.since, s.valid_from),
                least(line.until, coalesce(s.valid_to, 'infinity'))
            FROM line JOIN {thing}_states s ON s.{thing}_id = line.above
            WHERE s.{above} IS NOT NULL AND line.above <> line.below
                AND greatest(line.since, s.valid_from) < least(line.until, coalesce(s.valid_to, 'infinity'))
        )
        SELECT below AS {thing}_id, since FROM line WHERE above = below
        """,  # noqa: S608 - names of our own tables
    )
