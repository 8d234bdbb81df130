"""Courses that superiors assign: by whom, by when, and whether they were attended.

Whether one is done follows from the records each time it is asked, so a record that comes, is revoked or is corrected
needs nothing here.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import new_id
from common.refused import Refused
from common.store.outbox import emit
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from contracts.events.notification import MessageRequested
from roster.days import covers
from training.catalogue.tables import Course
from training.domain.rules import Book
from training.people import PEOPLE
from training.team.queries import TEAM
from training.team.schemas import AssignedOut, AssignmentIn
from training.team.tables import AssignedCourse

BELOW = f"person_id IN (SELECT person_id FROM ({TEAM}) AS team)"  # noqa: S608 - built of names in this code
OWN = "person_id = :me"
IS_BELOW = text(f"SELECT true FROM people WHERE person_id = :person AND {BELOW}")  # noqa: S608 - built of names in this code
ASSIGNED = """
    SELECT a.*, c.title, r.id AS record_id, r.end_date, r.verified, CASE
        WHEN a.withdrawn_on IS NOT NULL THEN 'withdrawn' WHEN r.id IS NOT NULL THEN 'done'
        WHEN a.due_on < :day THEN 'overdue' ELSE 'open'
    END AS state
    FROM assigned_courses a JOIN courses c ON c.id = a.course_id LEFT JOIN LATERAL (
        SELECT r.id, r.end_date, r.verified FROM records r
        WHERE r.person_id = a.person_id AND r.course_id = a.course_id AND r.state = 'valid' AND r.end_date >= a.assigned_on
        ORDER BY r.end_date, r.id LIMIT 1
    ) r ON true
"""
UNDER_WAY = ("open", "overdue")


async def assign(session: AsyncSession, person_id: UUID, asked: AssignmentIn, caller: Caller[Book]) -> AssignedOut:
    """Assigns a course to somebody below the caller, who is told by a message. Held by person, so two at once are one.

    Raises Refused: `not-found` for whoever is not below the caller today, `due-gone`, `course-unknown`,
    `course-not-offered` for one that is not on offer on the day it is due, `assigned-already`.
    """
    await PEOPLE.lock(session, [person_id])
    if not await session.scalar(IS_BELOW, _given(caller, person=person_id)):
        raise Refused("not-found")
    if asked.due_on < caller.today:
        raise Refused("due-gone", field="due_on")
    course = await session.get(Course, asked.course_id)
    if course is None:
        raise Refused("course-unknown", field="course_id")
    if not covers((course.valid_from, course.valid_to), asked.due_on):
        raise Refused("course-not-offered", field="course_id")
    known = await _found(
        session, "person_id = :person AND course_id = :course", caller, person=person_id, course=course.id
    )
    if any(each.state in UNDER_WAY for each in known):
        raise Refused("assigned-already")
    assigned = AssignedCourse(
        id=new_id(),
        person_id=person_id,
        course_id=course.id,
        assigned_by=caller.speaks_for("person"),
        assigned_on=caller.today,
        due_on=asked.due_on,
        withdrawn_on=None,
    )
    session.add(assigned)
    emit(
        session,
        MessageRequested(
            request_id=assigned.id,
            recipient="person",
            recipient_id=person_id,
            template="course",
            values={"course": course.code, "title": course.title, "due_on": asked.due_on.isoformat()},
            reason="assigned",
            expires_at=caller.now + (asked.due_on - caller.today) + timedelta(days=1),
        ),
        sequence=1,
        time=caller.now,
    )
    await session.flush()
    [shown] = await _found(session, "id = :id", caller, id=assigned.id)
    return shown


async def withdraw(session: AsyncSession, assigned_id: UUID, caller: Caller[Book]) -> AssignedOut:
    """Takes back a course that was assigned to somebody below the caller. Raises Refused: `not-found`, `not-open`."""
    found = await session.get(AssignedCourse, assigned_id, with_for_update=True)
    shown = await _found(session, f"id = :id AND {BELOW}", caller, id=assigned_id)
    if found is None or not shown:
        raise Refused("not-found")
    if shown[0].state not in UNDER_WAY:
        raise Refused("not-open")
    found.withdrawn_on = caller.today
    await session.flush()
    [shown] = await _found(session, "id = :id", caller, id=assigned_id)
    return shown


async def assigned_page(session: AsyncSession, window: Window, caller: Caller[Book], *, own: bool) -> Page[AssignedOut]:
    """The courses assigned to the caller (`own`) or to whoever is below them today, in the order they were assigned."""
    seen = window.seen(BY_ID)
    condition = f"{OWN if own else BELOW}{' AND id > :after' if seen else ''} ORDER BY id LIMIT {window.limit + 1}"
    after = {"after": seen[0]} if seen else {}
    return window.page(await _found(session, condition, caller, **after), lambda assigned: [assigned.id])


async def _found(session: AsyncSession, condition: str, caller: Caller[Book], **given: Any) -> list[AssignedOut]:
    statement = text(f"SELECT * FROM ({ASSIGNED}) AS assigned WHERE {condition}")  # noqa: S608 - built of names in this code
    rows = await session.execute(statement, _given(caller, **given))
    return [AssignedOut.model_validate(row) for row in rows]


def _given(caller: Caller[Book], **given: Any) -> Mapping[str, Any]:
    return {"me": caller.speaks_for("person"), "day": caller.today, **given}
