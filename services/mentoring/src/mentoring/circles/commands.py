"""Opening circles, joining and leaving them, and saying who was at a meeting.

Each command holds the people it decides about first, then the circle: of two who ask for the last seat at once one has it.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import new_id
from common.refused import Refused
from common.web import etag
from contracts.callers import Caller
from mentoring.applications.tables import Application
from mentoring.circles.queries import members_of, own_circle, said_of
from mentoring.circles.schemas import CircleIn, PresentIn
from mentoring.circles.tables import Circle, CircleAttendance, CircleMeeting, CircleMember
from mentoring.completion.commands import tell
from mentoring.completion.counting import HeldSession, Presence, count
from mentoring.domain.circles import check_joins, is_of, listed
from mentoring.domain.pairs import last_day
from mentoring.domain.programmes import Side
from mentoring.domain.sessions import Said, Span, check_not_after, confirmed, reminders_past
from mentoring.letters import tell_calendars
from mentoring.people import PEOPLE
from mentoring.programmes.queries import rules_of
from mentoring.programmes.tables import Programme
from mentoring.sessions.schemas import SessionIn
from roster.outside import stood_above
from roster.people import Locked

MOST_MEETINGS = 200


async def open_circle(session: AsyncSession, programme_id: UUID, document: CircleIn, caller: Caller[None]) -> UUID:
    """Opens a circle of the caller's, who is a mentor in the programme; it goes on as long as a pair of it.

    Raises Refused `not-found`, `programme-closed`, `not-a-mentor`, `not-in-service`.
    """
    me: UUID = caller.speaks_for("person")
    programme = await session.get(Programme, programme_id, with_for_update={"read": True})
    if programme is None:
        raise Refused("not-found")
    if programme.state == "closed":
        raise Refused("programme-closed")
    await _in_service(session, me, caller)
    if not await _takes_part(session, programme_id, me, "mentor"):
        raise Refused("not-a-mentor")
    circle = Circle(
        id=new_id(),
        programme_id=programme_id,
        mentor_id=me,
        **document.model_dump(),
        opened_at=caller.now,
        ends_on=last_day(caller.today, rules_of(programme).months),
        state="open",
        version=1,
    )
    session.add(circle)
    return circle.id


async def join(session: AsyncSession, circle_id: UUID, caller: Caller[None]) -> None:
    """Takes a seat for the caller, a mentee in the programme; whoever is in it stays so.

    Raises Refused `not-found`, `not-a-mentee`, `not-in-service`, `circle-limit`, `circle-over`, `circle-full`.
    """
    me: UUID = caller.speaks_for("person")
    await _in_service(session, me, caller)
    circle = await session.get(Circle, circle_id, with_for_update=True)
    if circle is None:
        raise Refused("not-found")
    if not await _takes_part(session, circle.programme_id, me, "mentee"):
        raise Refused("not-a-mentee")
    members = {each.person_id: each for each in await members_of(session, circle_id)}
    own = members.get(me)
    if own is not None and own.left_at is None:
        return
    if await _are_apart(session, circle, me, caller):
        raise Refused("circle-limit")
    check_joins(circle.state, circle.seats, sum(each.left_at is None for each in members.values()))
    if own is None:
        session.add(CircleMember(circle_id=circle_id, person_id=me, joined_at=caller.now, left_at=None))
    else:
        own.left_at = None
    for meeting in await _meetings(session, circle_id):
        if meeting.state == "planned" and meeting.ends_at > caller.now:
            await _tell_calendars(session, circle, meeting, [me], caller)


async def leave(session: AsyncSession, circle_id: UUID, caller: Caller[None]) -> None:
    """Gives the caller's seat back; where they were present counts. Raises Refused `not-found`."""
    me: UUID = caller.speaks_for("person")
    await PEOPLE.lock(session, [me])
    circle = await session.get(Circle, circle_id, with_for_update=True)
    own = await session.get(CircleMember, {"circle_id": circle_id, "person_id": me})
    if circle is None or own is None:
        raise Refused("not-found")
    own.left_at = own.left_at or caller.now
    await tell(session, [circle_id], caller.clock, "circle_id")


async def close(session: AsyncSession, circle_id: UUID, reason: str, caller: Caller[None]) -> None:
    """Ends a circle of the caller's before its time: what was held counts, what was planned is off. One that is over stays so.

    Raises Refused `not-found`.
    """
    circle = await _mine(session, circle_id, caller)
    if circle.state == "over":
        return
    circle.state, circle.ends_on = "over", caller.today
    circle.version += 1
    for meeting in await _meetings(session, circle_id):
        if meeting.state == "planned" and meeting.ends_at > caller.now:
            await _call_off(session, circle, meeting, reason, caller)
    await tell(session, [circle_id], caller.clock, "circle_id")


async def plan(session: AsyncSession, circle_id: UUID, document: SessionIn, caller: Caller[None]) -> UUID:
    """Plans a meeting of a circle of the caller's, or tells of one that was held.

    Raises Refused `not-found`, `circle-over`, `before-circle`, `after-end`, `meetings-over`.
    """
    circle = await _mine(session, circle_id, caller)
    if circle.state == "over":
        raise Refused("circle-over")
    if document.starts_at < circle.opened_at:
        raise Refused("before-circle", field="starts_at")
    check_not_after(Span(document.starts_at, document.ends_at), circle.ends_on)
    if len(await _meetings(session, circle_id)) >= MOST_MEETINGS:
        raise Refused("meetings-over", most=MOST_MEETINGS)
    meeting = CircleMeeting(
        id=new_id(),
        circle_id=circle_id,
        starts_at=document.starts_at,
        ends_at=document.ends_at,
        way=document.way,
        place=document.place,
        log=None,
        state="planned",
        cancel_reason=None,
        sequence=0,
        reminded=reminders_past(document.starts_at, caller.now),
        version=1,
    )
    session.add(meeting)
    if meeting.ends_at > caller.now:
        await _tell_calendars(session, circle, meeting, await _invited(session, circle), caller)
    return meeting.id


async def cancel(session: AsyncSession, meeting_id: UUID, reason: str, caller: Caller[None]) -> None:
    """Cancels a meeting of a circle of the caller's, or takes back that it was held. One that is cancelled stays so.

    Raises Refused `not-found`.
    """
    circle, meeting = await _meeting(session, meeting_id, caller)
    if meeting.state == "cancelled":
        return
    for row in await _attendances(session, meeting_id):
        _say(row, Said("cancelled", row.mentee_said_at, row.mentor_said_at))
    await _call_off(session, circle, meeting, reason, caller)
    await tell(session, [circle.id], caller.clock, "circle_id")


async def log(
    session: AsyncSession, meeting_id: UUID, document: PresentIn, caller: Caller[None], *, seen: etag.Versions
) -> None:
    """Writes down what was talked about and who was there; whoever has said so themselves has it counted.

    Raises Refused `not-found`, `changed-meanwhile`, `session-cancelled`, `session-not-over`, `not-in-circle`, and what
    `counting.count` raises.
    """
    people = await PEOPLE.lock(session, [caller.speaks_for("person"), *document.present])
    circle, meeting = await _meeting(session, meeting_id, caller)
    etag.check(seen, meeting.version)
    span = Span(meeting.starts_at, meeting.ends_at)
    if meeting.state == "cancelled":
        raise Refused("session-cancelled")
    if caller.now < span.ends_at:
        raise Refused("session-not-over")
    members = {
        each.person_id for each in await members_of(session, circle.id) if is_of(each.joined_at, each.left_at, span)
    }
    for number, mentee_id in enumerate(document.present):
        if mentee_id not in members:
            raise Refused("not-in-circle", field=f"present.{number}")
    rows = {row.mentee_id: row for row in await _attendances(session, meeting_id)}
    for mentee_id in document.present:
        rows.setdefault(mentee_id, _unsaid(meeting_id, mentee_id))
    wait = await _wait(session, circle)
    said = {
        mentee_id: listed(said_of(row), span, caller.now, wait, is_present=mentee_id in document.present)
        for mentee_id, row in rows.items()
    }
    fields = {mentee_id: f"present.{number}" for number, mentee_id in enumerate(document.present)}
    await _keep(session, circle, meeting, rows, said, fields, people, caller)
    meeting.log = document.log
    meeting.version += 1
    await tell(session, [circle.id], caller.clock, "circle_id")


async def confirm(session: AsyncSession, meeting_id: UUID, caller: Caller[None]) -> None:
    """Says that the caller was at a meeting; once the mentor has said so too, it counts. Said again, nothing changes.

    Raises Refused `not-found`, `session-cancelled`, `session-not-over`, `claim-expired`, and what `counting.count` raises.
    """
    me: UUID = caller.speaks_for("person")
    row = await session.get(CircleMeeting, meeting_id)
    if row is None:
        raise Refused("not-found")
    mentor_id = (await own_circle(session, row.circle_id, caller)).mentor_id
    people = await PEOPLE.lock(session, [me, mentor_id])
    circle = await session.get_one(Circle, row.circle_id, with_for_update=True, populate_existing=True)
    meeting = await session.get_one(CircleMeeting, meeting_id, populate_existing=True)
    own = await session.get(CircleMember, {"circle_id": circle.id, "person_id": me})
    span = Span(meeting.starts_at, meeting.ends_at)
    if own is None or not is_of(own.joined_at, own.left_at, span):
        raise Refused("not-found")
    if meeting.state == "cancelled":
        raise Refused("session-cancelled")
    kept = await session.get(CircleAttendance, {"meeting_id": meeting_id, "mentee_id": me})
    there = kept or _unsaid(meeting_id, me)
    said = confirmed(said_of(there), "mentee", span, caller.now, await _wait(session, circle))
    await _keep(session, circle, meeting, {me: there}, {me: said}, {}, people, caller)
    await tell(session, [circle.id], caller.clock, "circle_id")


async def _keep(
    session: AsyncSession,
    circle: Circle,
    meeting: CircleMeeting,
    rows: dict[UUID, CircleAttendance],
    said: dict[UUID, Said],
    fields: dict[UUID, str],
    people: Locked,
    caller: Caller[None],
) -> None:
    """Keeps what is said of these at a meeting; who is confirmed by it has it counted."""
    news = {mentee_id: each for mentee_id, each in said.items() if each != said_of(rows[mentee_id])}
    held = HeldSession(
        meeting.id, "circle", circle.id, circle.programme_id, circle.mentor_id, Span(meeting.starts_at, meeting.ends_at)
    )
    present = {
        mentee_id: Presence(rows[mentee_id].id, rows[mentee_id].version + 1, fields.get(mentee_id))
        for mentee_id, each in news.items()
        if each.state == "confirmed"
    }
    days = await count(session, held, present, people, caller) if present else {}
    for mentee_id, each in news.items():
        row = rows[mentee_id]
        _say(row, each)
        row.held_on = days.get(mentee_id)
        session.add(row)


async def _in_service(session: AsyncSession, me: UUID, caller: Caller[None]) -> None:
    """Holds the caller. Raises Refused `not-in-service`."""
    person = (await PEOPLE.lock(session, [me])).by_id.get(me)
    if person is None or not person.in_service(caller.today):
        raise Refused("not-in-service")


async def _takes_part(session: AsyncSession, programme_id: UUID, person_id: UUID, side: Side) -> bool:
    application = await session.get(Application, {"programme_id": programme_id, "person_id": person_id})
    return application is not None and application.side == side and application.withdrawn_at is None


async def _are_apart(session: AsyncSession, circle: Circle, mentee_id: UUID, caller: Caller[None]) -> bool:
    """Whether one stands above the other, however far, or will not be with the other: as of a pair (`domain/matching/limits`)."""
    both = [(circle.mentor_id, mentee_id), (mentee_id, circle.mentor_id)]
    for one, other in both:
        said = await session.get(Application, {"programme_id": circle.programme_id, "person_id": one})
        if said is not None and other in said.avoids:
            return True
    above = await stood_above(session, [circle.mentor_id, mentee_id], caller.today)
    return any(other in above[one] for one, other in both)


async def _mine(session: AsyncSession, circle_id: UUID, caller: Caller[None]) -> Circle:
    """A circle of the caller's as its mentor, held after them. Raises Refused `not-found`."""
    me: UUID = caller.speaks_for("person")
    await PEOPLE.lock(session, [me])
    circle = await session.get(Circle, circle_id, with_for_update=True)
    if circle is None or circle.mentor_id != me:
        raise Refused("not-found")
    return circle


async def _meeting(session: AsyncSession, meeting_id: UUID, caller: Caller[None]) -> tuple[Circle, CircleMeeting]:
    """A meeting of a circle of the caller's as its mentor, held with it. Raises Refused `not-found`."""
    circle_id = await session.scalar(select(col(CircleMeeting.circle_id)).where(col(CircleMeeting.id) == meeting_id))
    if circle_id is None:
        raise Refused("not-found")
    circle = await _mine(session, circle_id, caller)
    return circle, await session.get_one(CircleMeeting, meeting_id)


async def _meetings(session: AsyncSession, circle_id: UUID) -> list[CircleMeeting]:
    found = select(CircleMeeting).where(col(CircleMeeting.circle_id) == circle_id).order_by(col(CircleMeeting.id))
    return list(await session.scalars(found))


async def _attendances(session: AsyncSession, meeting_id: UUID) -> list[CircleAttendance]:
    return list(await session.scalars(select(CircleAttendance).where(col(CircleAttendance.meeting_id) == meeting_id)))


async def _invited(session: AsyncSession, circle: Circle) -> list[UUID]:
    members = await members_of(session, circle.id)
    return [circle.mentor_id, *(each.person_id for each in members if each.left_at is None)]


async def _call_off(
    session: AsyncSession, circle: Circle, meeting: CircleMeeting, reason: str, caller: Caller[None]
) -> None:
    meeting.state, meeting.cancel_reason = "cancelled", reason
    meeting.sequence += 1
    meeting.version += 1
    if meeting.ends_at > caller.now:
        await _tell_calendars(session, circle, meeting, await _invited(session, circle), caller)


async def _tell_calendars(
    session: AsyncSession, circle: Circle, meeting: CircleMeeting, whom: list[UUID], caller: Caller[None]
) -> None:
    programme = await session.get_one(Programme, circle.programme_id)
    tell_calendars(session, whom, programme.title, meeting, caller.now)


async def _wait(session: AsyncSession, circle: Circle) -> timedelta:
    return timedelta(days=rules_of(await session.get_one(Programme, circle.programme_id)).confirm_days)


def _unsaid(meeting_id: UUID, mentee_id: UUID) -> CircleAttendance:
    """Of somebody at a meeting nothing is said yet."""
    return CircleAttendance(
        id=new_id(),
        meeting_id=meeting_id,
        mentee_id=mentee_id,
        state="planned",
        mentee_said_at=None,
        mentor_said_at=None,
        expires_at=None,
        held_on=None,
        version=0,
    )


def _say(row: CircleAttendance, said: Said) -> None:
    row.state, row.mentee_said_at, row.mentor_said_at, row.expires_at = said
    row.held_on = None
    row.version += 1
