"""Saying which course and which person a platform means; what waited for it is told training at once, with its own date."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.answers import Answer, Done, answer_each
from common.refused import Refused
from common.store.sets import insert, one_of, put
from connectors.catalogue.tables import COURSES
from connectors.mapping.names import User, course_of, user_of
from connectors.mapping.schemas import CourseMappingIn, UserIn
from connectors.mapping.tables import CourseMapping, PlatformUser
from connectors.people import PEOPLE
from connectors.reports.commands import settle
from connectors.reports.resolving import place_course, place_users
from connectors.signing.reach import reached
from connectors.signing.tables import Connection
from contracts.callers import Caller
from contracts.nip import nip_hash
from roster.people import Locked, Person

TELL = text("""
    INSERT INTO platform_courses (connection_id, key, told) VALUES (:connection, :key, :told) ON CONFLICT DO NOTHING
""")


async def map_course(
    session: AsyncSession, connection_id: UUID, document: CourseMappingIn, caller: Caller[Any]
) -> CourseMapping:
    """Maps a course for a time; one that begins on the same day takes the place of the one before.

    What training was told of this course is told anew where it is another course now.
    Raises Refused: `not-found`, `course-unknown`, `dates-reversed`, `periods-overlap`.
    """
    await _hold(session, connection_id, caller)
    course_id = await session.scalar(select(COURSES.c.course_id).where(COURSES.c.code == document.course_code))
    if course_id is None:
        raise Refused("course-unknown", field="course_code")
    if document.valid_to is not None and document.valid_to <= document.valid_from:
        raise Refused("dates-reversed", field="valid_to")
    course = course_of(document.course, None)
    known = select(CourseMapping).where(
        col(CourseMapping.connection_id) == connection_id,
        col(CourseMapping.course) == course.key,
        col(CourseMapping.valid_from) != document.valid_from,
    )
    for other in await session.scalars(known):
        ends_before = document.valid_to is not None and document.valid_to <= other.valid_from
        if not ends_before and (other.valid_to is None or document.valid_from < other.valid_to):
            raise Refused("periods-overlap", field="valid_from")
    mapped = CourseMapping(
        connection_id=connection_id,
        course=course.key,
        valid_from=document.valid_from,
        valid_to=document.valid_to,
        course_id=course_id,
        mapped_by=caller.subject,
        mapped_at=caller.now,
    )
    await session.execute(TELL, {"connection": connection_id, "key": course.key, "told": course.told})
    await put(session, CourseMapping.table(), [mapped.model_dump()])
    await settle(session, await place_course(session, connection_id, course.key), caller.now)
    return mapped


async def map_users(
    session: AsyncSession, connection_id: UUID, documents: Sequence[UserIn], caller: Caller[Any]
) -> list[Answer]:
    """Says who users of a platform are, and answers each in order: stored, unchanged, or why not."""
    try:
        await _hold(session, connection_id, caller)
    except Refused as refused:
        return [refused for _ in documents]
    hashes = {nip_hash(each.nip, caller.nip_key) for each in documents if each.nip}
    people = await PEOPLE.lock(session, {each.person_id for each in documents if each.person_id}, hashes)
    users = [user_of(each.agent(), caller.nip_key) if len(each.agent()) == 1 else None for each in documents]
    keys = {each.key for each in users if each}
    named = select(col(PlatformUser.key), col(PlatformUser.person_id)).where(
        col(PlatformUser.connection_id) == connection_id, one_of(PlatformUser.table().c.key, keys)
    )
    known = {row.key: row.person_id for row in await session.execute(named)}
    rows: dict[bytes, tuple[Any, ...]] = {}

    def decide(named: tuple[UserIn, User | None]) -> Done:
        document, user = named
        if user is None:
            raise Refused("user-unclear", field="account")
        if user.nip_hash:
            raise Refused("user-by-number", field="account")
        person = _person(document, people, caller)
        before = known.get(user.key)
        if before not in {None, person.person_id}:
            raise Refused("user-mapped", field="account")
        known[user.key] = person.person_id
        rows[user.key] = (
            user.key,
            user.found,
            user.anywhere,
            msgspec.json.encode(user.told).decode(),
            person.person_id,
        )
        return Done("unchanged" if before else "stored", person.person_id)

    answers = answer_each(zip(documents, users, strict=True), decide)
    await insert(
        session,
        PlatformUser.table(),
        ("key", "found", "anywhere", "told", "person_id"),
        list(rows.values()),
        "ON CONFLICT (connection_id, key) DO UPDATE SET person_id = excluded.person_id, mapped_by = excluded.mapped_by,"
        " mapped_at = excluded.mapped_at",
        connection_id=connection_id,
        mapped_by=caller.subject,
        mapped_at=caller.now,
    )
    await settle(session, await place_users(session, connection_id, rows), caller.now)
    return answers


def _person(document: UserIn, people: Locked, caller: Caller[Any]) -> Person:
    """Raises Refused: `field-missing`, `person-unknown`; and `agency-mismatch` where an agency names somebody else's."""
    if document.nip is None and document.person_id is None:
        raise Refused("field-missing", field="nip")
    by_nip = people.by_nip.get(nip_hash(document.nip, caller.nip_key)) if document.nip else None
    by_id = people.by_id.get(document.person_id) if document.person_id else None
    person = by_nip if document.nip else by_id
    if person is None or (document.nip and document.person_id and by_nip is not by_id):
        raise Refused("person-unknown", field="nip" if document.nip else "person_id")
    if caller.offices and person.agency_id not in caller.offices:
        raise Refused("agency-mismatch", field="nip" if document.nip else "person_id")
    return person


async def _hold(session: AsyncSession, connection_id: UUID, caller: Caller[Any]) -> None:
    query = (select(col(Connection.id)).where(col(Connection.id) == connection_id, reached(caller))).with_for_update(
        key_share=True
    )
    if await session.scalar(query) is None:
        raise Refused("not-found")
