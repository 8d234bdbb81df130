"""Reading reports, and how many of each connection stand where."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import cast
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.store.sets import one_of
from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from connectors.catalogue.tables import KnownCourse
from connectors.domain.standing import State
from connectors.reports.schemas import ReportOut
from connectors.reports.tables import Report, Sighting, ToldCourse
from connectors.signing.reach import reached
from connectors.signing.tables import Connection
from contracts.callers import Caller

_TITLED = (
    select(Report, func.coalesce(col(KnownCourse.title), col(ToldCourse.title), col(ToldCourse.told)))
    .outerjoin(KnownCourse, col(KnownCourse.course_id) == col(Report.course_id))
    .outerjoin(
        ToldCourse,
        and_(col(ToldCourse.connection_id) == col(Report.connection_id), col(ToldCourse.key) == col(Report.course)),
    )
)
"""Reports, each with what its course is called: in the catalogue, or where it is not mapped by the platform."""


async def report_page(
    session: AsyncSession,
    window: Window,
    connection_id: UUID,
    state: State | None,
    language: Language,
    caller: Caller[None],
) -> Page[ReportOut]:
    """A connection's reports in the order of their ids, those of one state or all. Raises Refused `not-found`."""
    query = select(col(Connection.id)).where(col(Connection.id) == connection_id, reached(caller))
    if await session.scalar(query) is None:
        raise Refused("not-found")
    found = _TITLED.where(col(Report.connection_id) == connection_id)
    if state is not None:
        found = found.where(col(Report.state) == state)
    rows = await session.execute(window.narrow(found, col(Report.id), BY_ID))
    return window.page([_told(row, course, language) for row, course in rows], lambda shown: [shown.id])


async def one_report(
    session: AsyncSession, connection_id: UUID, report_id: UUID, language: Language, caller: Caller[None]
) -> ReportOut:
    """One of them. Raises Refused `not-found`."""
    query = _TITLED.join(Connection, col(Connection.id) == col(Report.connection_id)).where(
        col(Report.id) == report_id, col(Report.connection_id) == connection_id, reached(caller)
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise Refused("not-found")
    row, course = found
    return _told(row, course, language)


async def states_of(session: AsyncSession, connection_ids: Collection[UUID]) -> Mapping[UUID, Mapping[State, int]]:
    """How many reports of each connection are in which state."""
    counted: defaultdict[UUID, dict[State, int]] = defaultdict(dict)
    found = await session.execute(
        select(col(Report.connection_id), col(Report.state), func.count())
        .where(one_of(Report.table().c.connection_id, connection_ids))
        .group_by(col(Report.connection_id), col(Report.state))
    )
    for connection_id, state, many in found:
        counted[connection_id][cast("State", state)] = many
    return counted


async def sightings_of(session: AsyncSession, connection_ids: Collection[UUID]) -> Mapping[UUID, Sighting]:
    """When something last came through each of these connections."""
    found = select(Sighting).where(one_of(Sighting.table().c.connection_id, connection_ids))
    return {each.connection_id: each for each in await session.scalars(found)}


def _told(row: Report, course: str | None, language: Language) -> ReportOut:
    words = row.refused_words[language] if row.refused_words else None
    title = row.told["title"] or course
    return ReportOut(**row.model_dump(exclude={"refused_words"}), title=title, refused_words=words)
