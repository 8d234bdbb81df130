"""What must always be true of the registry, as SQL: `python -m registry check`."""

from common.invariants import Invariant

INVARIANTS = (
    *(
        Invariant(
            f"the {table} of a person follow each other without gap or overlap, and the last is open",
            f"""
            SELECT person_id, valid_from FROM (
                SELECT *, lead(valid_from) OVER (PARTITION BY person_id ORDER BY valid_from) AS next FROM {table}
            ) AS spans
            WHERE valid_to IS DISTINCT FROM next
            """,  # noqa: S608 - names of our own tables
        )
        for table in ("assignments", "grades", "statuses", "educations")
    ),
    Invariant(
        "the four histories of a person begin on one day, joining or later",
        """
        SELECT id AS person_id FROM people
        WHERE begins_on < joined_on
            OR begins_on IS DISTINCT FROM (SELECT min(valid_from) FROM assignments WHERE person_id = people.id)
            OR begins_on IS DISTINCT FROM (SELECT min(valid_from) FROM grades WHERE person_id = people.id)
            OR begins_on IS DISTINCT FROM (SELECT min(valid_from) FROM statuses WHERE person_id = people.id)
            OR begins_on IS DISTINCT FROM (SELECT min(valid_from) FROM educations WHERE person_id = people.id)
        """,
    ),
    Invariant(
        "everybody has one number in use",
        """
        SELECT id AS person_id FROM people
        WHERE 1 <> (SELECT count(*) FROM nips WHERE person_id = people.id AND replaced_on IS NULL)
        """,
    ),
    Invariant(
        "the states of a unit follow each other without gap or overlap",
        """
        SELECT unit_id, valid_from FROM (
            SELECT *, lead(valid_from) OVER (PARTITION BY unit_id ORDER BY valid_from) AS next FROM unit_states
        ) AS spans
        WHERE next IS NOT NULL AND valid_to IS DISTINCT FROM next
        """,
    ),
    Invariant(
        "a unit has been there since some day",
        "SELECT id FROM units WHERE NOT EXISTS (SELECT FROM unit_states WHERE unit_id = units.id)",
    ),
    Invariant(
        "a unit is a part of one that is there",
        """
        SELECT s.unit_id, s.valid_from FROM unit_states s
        JOIN LATERAL (
            SELECT min(valid_from) AS begins, CASE WHEN bool_and(valid_to IS NOT NULL) THEN max(valid_to) END AS ends
            FROM unit_states WHERE unit_id = s.parent_id
        ) parent ON true
        WHERE s.parent_id IS NOT NULL
            AND (s.valid_from < parent.begins OR coalesce(s.valid_to, 'infinity') > coalesce(parent.ends, 'infinity'))
        """,
    ),
    Invariant(
        "nothing stands above itself on any day, in a tree of units",
        """
        WITH RECURSIVE line AS (
            SELECT unit_id AS below, parent_id AS above, valid_from AS since, coalesce(valid_to, 'infinity') AS until
            FROM unit_states WHERE parent_id IS NOT NULL
            UNION
            SELECT line.below, s.parent_id, greatest(line.since, s.valid_from),
                least(line.until, coalesce(s.valid_to, 'infinity'))
            FROM line JOIN unit_states s ON s.unit_id = line.above
            WHERE s.parent_id IS NOT NULL AND line.above <> line.below
                AND greatest(line.since, s.valid_from) < least(line.until, coalesce(s.valid_to, 'infinity'))
        )
        SELECT below AS unit_id, since FROM line WHERE above = below
        """,
    ),
    Invariant(
        "every version of an agency, a unit and a person says who recorded it",
        """
        SELECT id, version FROM (
            SELECT id, version FROM agencies UNION ALL SELECT id, version FROM units
            UNION ALL SELECT id, version FROM people
        ) AS things
        WHERE version <> (SELECT count(*) FROM changes WHERE subject_id = things.id)
        """,
    ),
)
