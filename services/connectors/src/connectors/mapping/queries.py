"""Reading mappings, what waits for one, and who of ours a platform's statements are about."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints, TypeAdapter
from sqlalchemy import ColumnElement, Select, Text, cast, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.web.pages import Page, Window
from connectors.mapping.schemas import CourseMappingOut, UnmappedCourseOut, UnmappedUserOut
from connectors.mapping.tables import CourseMapping, PlatformUser
from connectors.reports.tables import Report, ToldCourse
from connectors.signing.reach import reached
from connectors.signing.tables import Connection
from contracts.callers import Caller

Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
BY_KEY: TypeAdapter[tuple[Key]] = TypeAdapter(tuple[Key])
IN_STATEMENTS = text("""
    SELECT DISTINCT u.person_id FROM statements s
    JOIN platform_users u ON u.connection_id = s.connection_id AND u.anywhere = ANY(s.keys)
    WHERE s.connection_id = :connection AND s.id = ANY(CAST(:ids AS uuid[])) AND u.person_id IS NOT NULL
""")
BY_FOUND = text("""
    SELECT person_id FROM platform_users
    WHERE connection_id = :connection AND anywhere = :anywhere AND person_id IS NOT NULL
""")


async def unmapped_courses(
    session: AsyncSession, window: Window, connection_id: UUID, caller: Caller[None]
) -> Page[UnmappedCourseOut]:
    """The courses of a platform that are none of the catalogue, in the order of their keys. Raises Refused `not-found`."""
    await check_reached(session, connection_id, caller)
    found = (
        _waiting(ToldCourse.table().c.key)
        .add_columns(col(ToldCourse.told).label("course"), col(ToldCourse.title))
        .join(ToldCourse, _same(ToldCourse, Report.table().c.course))
        .where(col(Report.connection_id) == connection_id, col(Report.course_id).is_(None), _open())
        .group_by(col(ToldCourse.key), col(ToldCourse.told), col(ToldCourse.title))
    )
    rows = await session.execute(window.narrow(found, _hex(ToldCourse), BY_KEY))
    return window.page([UnmappedCourseOut.model_validate(row) for row in rows], lambda shown: [shown.key])


async def unmapped_users(
    session: AsyncSession, window: Window, connection_id: UUID, caller: Caller[None]
) -> Page[UnmappedUserOut]:
    """The users of a platform of whom nobody knows who they are. Raises Refused `not-found`."""
    await check_reached(session, connection_id, caller)
    found = (
        _waiting(PlatformUser.table().c.key)
        .add_columns(col(PlatformUser.told), col(PlatformUser.nip_hash).is_not(None).label("by_number"))
        .join(PlatformUser, _same(PlatformUser, Report.table().c.actor))
        .where(col(Report.connection_id) == connection_id, col(Report.person_id).is_(None), _open())
        .group_by(col(PlatformUser.key), col(PlatformUser.told), col(PlatformUser.nip_hash))
    )
    rows = await session.execute(window.narrow(found, _hex(PlatformUser), BY_KEY))
    return window.page([UnmappedUserOut.model_validate(row) for row in rows], lambda shown: [shown.key])


async def course_mappings(session: AsyncSession, connection_id: UUID, caller: Caller[None]) -> list[CourseMappingOut]:
    """The mappings of a connection by course and day. Raises Refused `not-found`."""
    await check_reached(session, connection_id, caller)
    query = (
        select(CourseMapping, col(ToldCourse.told))
        .join(ToldCourse, _same(ToldCourse, CourseMapping.table().c.course, CourseMapping))
        .where(col(CourseMapping.connection_id) == connection_id)
        .order_by(col(ToldCourse.told), col(CourseMapping.valid_from))
    )
    return [told_mapping(mapping, course) for mapping, course in await session.execute(query)]


def told_mapping(mapping: CourseMapping, course: str) -> CourseMappingOut:
    """A mapping as it is shown."""
    return CourseMappingOut(**mapping.model_dump(include={*CourseMappingOut.model_fields} - {"course"}), course=course)


async def people_in(session: AsyncSession, connection_id: UUID, statement_ids: Sequence[UUID]) -> list[UUID]:
    """Who of ours these statements speak of, in any role, as far as it is known."""
    given = {"connection": connection_id, "ids": list(statement_ids)}
    return [*await session.scalars(IN_STATEMENTS, given)] if statement_ids else []


async def people_found(session: AsyncSession, connection_id: UUID, anywhere: int) -> list[UUID]:
    """Who of ours a user of a platform is, by the key under which statements know them."""
    return [*await session.scalars(BY_FOUND, {"connection": connection_id, "anywhere": anywhere})]


async def check_reached(session: AsyncSession, connection_id: UUID, caller: Caller[None]) -> None:
    """Raises Refused `not-found` for a connection that is not the caller's."""
    query = select(col(Connection.id)).where(col(Connection.id) == connection_id, reached(caller))
    if await session.scalar(query) is None:
        raise Refused("not-found")


def _waiting(key: Any) -> Select[*tuple[Any, ...]]:
    return select(
        func.encode(key, "hex").label("key"),
        func.count().label("count"),
        func.min(col(Report.happened_at)).label("first_seen"),
        func.max(col(Report.happened_at)).label("last_seen"),
        func.min(cast(col(Report.id), Text)).label("sample_report_id"),
    )


def _same(
    kind: type[ToldCourse | PlatformUser], key: Any, of: type[Report | CourseMapping] = Report
) -> ColumnElement[bool]:
    return (col(kind.connection_id) == col(of.connection_id)) & (col(kind.key) == key)


def _open() -> ColumnElement[bool]:
    return col(Report.counts).is_distinct_from(literal(value=False))


def _hex(kind: type[ToldCourse | PlatformUser]) -> ColumnElement[str]:
    return func.encode(col(kind.key), "hex")
