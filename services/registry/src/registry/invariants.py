"""What must always be true of the registry, as SQL that finds what breaks it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

INVARIANTS = {
    **{
        f"the {table} of a person follow each other without gap or overlap, and the last is open": (
            "SELECT FROM (SELECT valid_to, lead(valid_from)"  # noqa: S608 - names of our own tables
            " OVER (PARTITION BY person_id ORDER BY valid_from) AS next"
            f" FROM {table}) spans WHERE valid_to IS DISTINCT FROM next"
        )
        for table in ("assignments", "posts", "statuses")
    },
    "the three histories of a person begin on one day, joining or later": (
        "SELECT FROM people WHERE begins_on < joined_on"
        " OR begins_on IS DISTINCT FROM (SELECT min(valid_from) FROM assignments WHERE person_id = people.id)"
        " OR begins_on IS DISTINCT FROM (SELECT min(valid_from) FROM posts WHERE person_id = people.id)"
        " OR begins_on IS DISTINCT FROM (SELECT min(valid_from) FROM statuses WHERE person_id = people.id)"
    ),
    "everybody has one number in use": (
        "SELECT FROM people WHERE 1 <> (SELECT count(*) FROM nips WHERE person_id = people.id AND replaced_on IS NULL)"
    ),
    "every version of an agency, a unit and a person says who recorded it": (
        "SELECT FROM (SELECT id, version FROM agencies UNION ALL SELECT id, version FROM units"
        " UNION ALL SELECT id, version FROM people) things"
        " WHERE version <> (SELECT count(*) FROM changes WHERE subject_id = things.id)"
    ),
    "no event has waited for a minute": "SELECT FROM outbox WHERE created_at < now() - interval '1 minute'",
}


async def violations(session: AsyncSession) -> dict[str, int]:
    """How many rows break each invariant; 0 for one that holds."""
    return {
        name: await session.scalar(text(f"SELECT count(*) FROM ({query}) broken")) or 0  # noqa: S608 - constants above
        for name, query in INVARIANTS.items()
    }
