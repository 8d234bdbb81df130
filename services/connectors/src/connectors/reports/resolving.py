"""Finding whose reports are and of which course, set by set: of those that are new, and of those that wait no longer."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

ONE = """
    WITH numbers AS (
        SELECT nip_hash, person_id FROM people WHERE nip_hash = ANY(CAST(:hashes AS text[]))
        UNION SELECT nip_hash, person_id FROM former_numbers WHERE nip_hash = ANY(CAST(:hashes AS text[]))
    ), one AS (
        SELECT nip_hash, (array_agg(person_id))[1] AS person_id FROM numbers GROUP BY nip_hash HAVING count(*) = 1
    )
"""
"""Whom numbers name; one that two people have at the moment names nobody."""
USERS = text(f"""
    {ONE} UPDATE platform_users u SET person_id = one.person_id FROM one
    WHERE u.nip_hash = one.nip_hash AND u.person_id IS NULL
""")  # noqa: S608 - built of names in this code
BY_NUMBER = text(f"""
    {ONE} UPDATE reports r SET person_id = one.person_id FROM one
    WHERE r.nip_hash = one.nip_hash AND r.person_id IS NULL RETURNING r.id
""")  # noqa: S608 - built of names in this code
THEIRS = """
    UPDATE reports r SET person_id = u.person_id FROM platform_users u
    WHERE u.connection_id = r.connection_id AND u.key = r.actor AND u.person_id IS NOT NULL AND r.person_id IS NULL
"""
BY_USER = text(f"{THEIRS} AND r.id = ANY(CAST(:ids AS uuid[]))")
OF_NUMBERS = text(f"{THEIRS} AND u.nip_hash = ANY(CAST(:hashes AS text[])) RETURNING r.id")
OF_USERS = text(f"{THEIRS} AND u.connection_id = :connection AND u.key = ANY(CAST(:keys AS bytea[])) RETURNING r.id")
MAPPED = """
    UPDATE reports r SET course_id = found.course_id,
        anew = r.anew OR r.announced AND r.course_id IS NOT NULL AND found.course_id IS NOT NULL
    FROM (
        SELECT w.id, m.course_id FROM reports w LEFT JOIN course_mappings m
            ON m.connection_id = w.connection_id AND m.course = w.course
            AND m.valid_from <= w.day AND (m.valid_to IS NULL OR w.day < m.valid_to)
        WHERE w.course IS NOT NULL AND {which}
    ) AS found WHERE r.id = found.id AND r.course_id IS DISTINCT FROM found.course_id RETURNING r.id
"""
BY_MAPPING = text(MAPPED.format(which="w.id = ANY(CAST(:ids AS uuid[]))"))
OF_COURSE = text(MAPPED.format(which="w.connection_id = :connection AND w.course = :course"))


async def place(session: AsyncSession, ids: Collection[UUID]) -> None:
    """Gives reports to whom their platform's user is, and to the course that the platform's is mapped to."""
    if ids:
        await session.execute(BY_USER, {"ids": list(ids)})
        await session.execute(BY_MAPPING, {"ids": list(ids)})


async def know_users(session: AsyncSession, hashes: Collection[str]) -> None:
    """Finds who users of platforms are that go by these numbers."""
    await session.execute(USERS, {"hashes": list(hashes)})


async def place_numbers(session: AsyncSession, hashes: Collection[str]) -> list[UUID]:
    """Gives what waits for these numbers to whom they name; returns the reports that wait no longer."""
    given = {"hashes": [each for each in hashes if each]}
    await know_users(session, given["hashes"])
    found = [*await session.scalars(BY_NUMBER, given)]
    return [*found, *await session.scalars(OF_NUMBERS, given)]


async def place_users(session: AsyncSession, connection_id: UUID, keys: Collection[bytes]) -> list[UUID]:
    """The same for users of a platform who were mapped to people."""
    return [*await session.scalars(OF_USERS, {"connection": connection_id, "keys": list(keys)})]


async def place_course(session: AsyncSession, connection_id: UUID, course: bytes) -> list[UUID]:
    """Maps what a platform told of a course anew; returns the reports that are of another course now, or of none."""
    return [*await session.scalars(OF_COURSE, {"connection": connection_id, "course": course})]
