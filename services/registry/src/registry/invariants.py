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
        "the places of an agency follow each other from 1900 without gap or overlap, and the last is open",
        """
        SELECT agency_id FROM (
            SELECT *, lead(valid_from) OVER (PARTITION BY agency_id ORDER BY valid_from) AS next FROM agency_places
        ) AS spans WHERE valid_to IS DISTINCT FROM next
        UNION ALL SELECT id FROM agencies
        WHERE DATE '1900-01-01' IS DISTINCT FROM (SELECT min(valid_from) FROM agency_places WHERE agency_id = agencies.id)
        """,
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
        WHERE CAST(erased_on IS NULL AS int) <> (SELECT count(*) FROM nips WHERE person_id = people.id AND replaced_on IS NULL)
        """,
    ),
    Invariant(
        "nothing names who was erased",
        """
        SELECT people.id AS person_id FROM people LEFT JOIN contacts ON contacts.person_id = people.id
        WHERE erased_on IS NOT NULL AND (
            name <> '' OR num_nonnulls(email, check_email) > 0
            OR EXISTS (SELECT FROM nips WHERE person_id = people.id)
            OR EXISTS (SELECT FROM mended_numbers WHERE person_id = people.id)
        )
        """,
    ),
    Invariant(
        "every version of an agency, a unit, a post and a person says who recorded it",
        """
        SELECT id, version FROM (
            SELECT id, version FROM agencies UNION ALL SELECT id, version FROM units
            UNION ALL SELECT id, version FROM posts
            UNION ALL SELECT id, version FROM people
        ) AS things
        WHERE version <> (SELECT count(*) FROM changes WHERE subject_id = things.id)
        """,
    ),
)
