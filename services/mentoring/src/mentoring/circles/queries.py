"""Reading circles: which there are is for everybody, who is in one and when they meet for those of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.store.sets import one_of
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from mentoring.circles.schemas import AttendanceOut, CircleOut, MeetingOut, MemberOut, WholeCircleOut
from mentoring.circles.tables import Circle, CircleAttendance, CircleMeeting, CircleMember
from mentoring.domain.sessions import Said

TAKEN = (
    select(func.count())
    .where(col(CircleMember.circle_id) == col(Circle.id), col(CircleMember.left_at).is_(None))
    .scalar_subquery()
)
CIRCLES: Select[Circle, int] = select(Circle, TAKEN)
ATTENDANCES = CircleAttendance.table().c


async def open_circles(
    session: AsyncSession, window: Window, programme_id: UUID | None, caller: Caller[None]
) -> Page[CircleOut]:
    """The circles that one may join, in the order they were opened, also those with no seat free."""
    del caller
    found = CIRCLES.where(col(Circle.state) == "open")
    if programme_id is not None:
        found = found.where(col(Circle.programme_id) == programme_id)
    return await _page(session, window, found)


async def own_circles(session: AsyncSession, window: Window, caller: Caller[None]) -> Page[CircleOut]:
    """The circles that the caller opened or has been in, in the order they were opened."""
    return await _page(session, window, CIRCLES.where(_own(caller)))


async def circle(session: AsyncSession, circle_id: UUID, caller: Caller[None]) -> WholeCircleOut:
    """A circle of the caller's with who is in it. Raises Refused `not-found`."""
    row = (await session.execute(CIRCLES.where(col(Circle.id) == circle_id, _own(caller)))).one_or_none()
    if row is None:
        raise Refused("not-found")
    found, taken = row
    members = [MemberOut.model_validate(each.model_dump()) for each in await members_of(session, circle_id)]
    return WholeCircleOut(**found.model_dump(), taken=taken, members=members)


async def meeting_page(
    session: AsyncSession, window: Window, circle_id: UUID, caller: Caller[None]
) -> Page[MeetingOut]:
    """The meetings of a circle of the caller's in the order they were planned. Raises Refused `not-found`."""
    found = await own_circle(session, circle_id, caller)
    meetings = select(CircleMeeting).where(col(CircleMeeting.circle_id) == circle_id)
    rows = (await session.scalars(window.narrow(meetings, col(CircleMeeting.id), BY_ID))).all()
    return window.page(await _meetings(session, found, rows, caller), lambda shown: [shown.id])


async def meeting(session: AsyncSession, meeting_id: UUID, caller: Caller[None]) -> MeetingOut:
    """A meeting of a circle of the caller's. Raises Refused `not-found`."""
    row = await session.get(CircleMeeting, meeting_id)
    if row is None:
        raise Refused("not-found")
    [shown] = await _meetings(session, await own_circle(session, row.circle_id, caller), [row], caller)
    return shown


async def own_circle(session: AsyncSession, circle_id: UUID, caller: Caller[None]) -> Circle:
    """A circle that the caller opened or has been in. Raises Refused `not-found`."""
    found = await session.scalar(select(Circle).where(col(Circle.id) == circle_id, _own(caller)))
    if found is None:
        raise Refused("not-found")
    return found


async def members_of(session: AsyncSession, circle_id: UUID) -> Sequence[CircleMember]:
    """Who is or was in a circle, in the order they joined."""
    found = select(CircleMember).where(col(CircleMember.circle_id) == circle_id)
    return (await session.scalars(found.order_by(col(CircleMember.joined_at), col(CircleMember.person_id)))).all()


def said_of(row: CircleAttendance) -> Said:
    """What is said of somebody at a meeting, as the domain takes it."""
    return Said(row.state, row.mentee_said_at, row.mentor_said_at, row.expires_at)


def _own(caller: Caller[None]) -> ColumnElement[bool]:
    me: UUID = caller.speaks_for("person")
    member = and_(col(CircleMember.circle_id) == col(Circle.id), col(CircleMember.person_id) == me)
    return or_(col(Circle.mentor_id) == me, exists().where(member))


async def _page(session: AsyncSession, window: Window, found: Select[Circle, int]) -> Page[CircleOut]:
    rows = await session.execute(window.narrow(found, col(Circle.id), BY_ID))
    return window.page([CircleOut(**row.model_dump(), taken=taken) for row, taken in rows], lambda shown: [shown.id])


async def _meetings(
    session: AsyncSession, found: Circle, rows: Iterable[CircleMeeting], caller: Caller[None]
) -> list[MeetingOut]:
    """Meetings of a circle with what the caller may see of who was there."""
    meetings = list(rows)
    asked = select(CircleAttendance).where(one_of(ATTENDANCES.meeting_id, [each.id for each in meetings]))
    if caller.person != found.mentor_id:
        asked = asked.where(col(CircleAttendance.mentee_id) == caller.person)
    there: Mapping[UUID, list[AttendanceOut]] = defaultdict(list)
    for row in await session.scalars(asked.order_by(col(CircleAttendance.mentee_id))):
        said: dict[str, Any] = row.model_dump() | {"state": said_of(row).shown(caller.now)}
        there[row.meeting_id].append(AttendanceOut.model_validate(said))
    return [MeetingOut(**each.model_dump(), mentor_id=found.mentor_id, attendances=there[each.id]) for each in meetings]
