"""Publishing classes, changing and calling them off; seats.

Each use case holds the class first, then the people, so two of one class take their turns. What a chunk of lines needs is
a number of statements that does not depend on how many lines it has.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.answers import Answer, Done, answer_each
from common.ids import new_id
from common.refused import Refused
from common.store.sets import insert, put
from common.web import etag
from contracts.callers import Caller
from roster.days import covers
from roster.people import Person
from training.catalogue.tables import Course
from training.classes.desk import Desk, attendance, enrolments, hold, named, person_of
from training.classes.letters import write
from training.classes.schemas import ClassIn, SomebodyIn
from training.classes.tables import Attendance, ClassSession, Enrolment, TaughtClass
from training.domain.classes import NONE, Meeting, check_times, policy_of
from training.domain.counting import check_form
from training.domain.duty import THOUSANDTH
from training.domain.rules import Book
from training.people import PEOPLE

SAID = ("course_id", "begins_on", "ends_on", "seats", "cost", "outcomes", "tags")
SESSION = ("class_id", "number", "starts_at", "ends_at", "jp")


async def publish(session: AsyncSession, document: ClassIn, caller: Caller[Book]) -> UUID:
    """Publishes a class. Raises Refused."""
    course, meetings = await _checked(session, document, caller)
    if document.ends_on < caller.today:
        raise Refused("class-over", field="ends_on")
    found = TaughtClass(
        id=new_id(),
        **document.model_dump(include=set(SAID)),
        provider_id=course.provider_id,
        cancelled_at=None,
        cancel_reason=None,
        version=1,
    )
    session.add(found)
    await session.flush()
    await _keep(session, found.id, meetings)
    return found.id


async def change(
    session: AsyncSession, class_id: UUID, document: ClassIn, caller: Caller[Book], *, seen: etag.Versions
) -> None:
    """Gives a class new values, and tells whoever is in it or waits; more seats go to who waits.

    The same values again change nothing. Raises Refused: `class-begun` for other sessions once attendance was taken,
    `seats-taken` for fewer seats than are taken.
    """
    desk = await hold(session, class_id, caller)
    etag.check(seen, desk.found.version)
    course, meetings = await _checked(session, document, caller)
    said = document.model_dump(include=set(SAID))
    if desk.meetings == meetings and all(getattr(desk.found, name) == value for name, value in said.items()):
        return
    if desk.meetings != meetings or course.id != desk.course.id:
        await _check_not_begun(session, class_id, "sessions")
        await session.execute(delete(ClassSession).where(col(ClassSession.class_id) == class_id))
        await _keep(session, class_id, meetings)
    if document.seats < (taken := await _taken(session, class_id)):
        raise Refused("seats-taken", field="seats", taken=taken)
    for name, value in said.items():
        setattr(desk.found, name, value)
    desk.found.provider_id, desk.found.version = course.provider_id, desk.found.version + 1
    now = Desk(desk.found, course, desk.sessions)
    write(session, await _in_it(session, class_id), "changed", now.found, now.course, caller)
    await _seat(session, now, caller)


async def cancel(session: AsyncSession, class_id: UUID, reason: str, caller: Caller[Book]) -> None:
    """Calls a class off, and tells whoever is in it or waits.

    Raises Refused `class-cancelled` for one that was, `class-begun` where attendance was taken.
    """
    desk = await hold(session, class_id, caller)
    await _check_not_begun(session, class_id)
    desk.found.cancelled_at, desk.found.cancel_reason = caller.now, reason
    desk.found.version += 1
    write(session, await _in_it(session, class_id), "cancelled", desk.found, desk.course, caller)


async def enrol(
    session: AsyncSession, class_id: UUID, lines: Sequence[SomebodyIn], caller: Caller[Book]
) -> list[Answer]:
    """Gives people seats in a class, or a place in the queue for one; whoever has either keeps it.

    Raises Refused for the class: `not-found`, `class-cancelled`, `class-over`. A line is answered by `person-unknown` also
    where somebody is not the caller's to enrol, or by `not-in-service`.
    """
    desk = await hold(session, class_id, caller, anybodys=True)
    if desk.found.ends_on < caller.today:
        raise Refused("class-over")
    people = await named(session, lines, caller)
    known = await enrolments(session, class_id, people)
    free = desk.found.seats - await _taken(session, class_id)
    fresh: dict[UUID, Enrolment] = {}

    def decide(line: SomebodyIn) -> Done:
        person = person_of(people, line, caller)
        if person is None or not (desk.given_by(caller) or _reaches(caller, person)):
            raise Refused("person-unknown", field=line.field)
        if not person.in_service(desk.found.begins_on):
            raise Refused("not-in-service", field=line.field)
        before = known.get(person.person_id)
        if before and before.state != "withdrawn":
            return Done("unchanged", before.id)
        seats = sum(each.state == "enrolled" for each in fresh.values())
        enrolment = Enrolment(
            class_id=class_id,
            person_id=person.person_id,
            id=new_id(),
            state="enrolled" if seats < free else "waiting",
            done_by=caller.subject,
        )
        known[person.person_id] = fresh[person.person_id] = enrolment
        return Done("stored", enrolment.id)

    answers = answer_each(lines, decide)
    await put(session, Enrolment.table(), [each.model_dump() for each in fresh.values()])
    seated = [person_id for person_id, each in fresh.items() if each.state == "enrolled"]
    write(session, seated, "enrolled", desk.found, desk.course, caller)
    return answers


async def withdraw(session: AsyncSession, class_id: UUID, person_id: UUID, caller: Caller[Book]) -> Enrolment:
    """Takes somebody out of a class: their seat goes to who waits longest. Raises Refused `not-found`, `class-begun`."""
    desk = await hold(session, class_id, caller, anybodys=True)
    people = await PEOPLE.lock(session, [person_id])
    enrolment = await session.get(Enrolment, {"class_id": class_id, "person_id": person_id})
    if enrolment is None or not (desk.given_by(caller) or _reaches(caller, people.by_id[person_id])):
        raise Refused("not-found")
    if await attendance(session, class_id, [person_id]):
        raise Refused("class-begun")
    enrolment.state = "withdrawn"
    await session.flush()
    await _seat(session, desk, caller)
    return enrolment


async def _checked(session: AsyncSession, document: ClassIn, caller: Caller[Book]) -> tuple[Course, list[Meeting]]:
    """The course of a class that is the caller's to give, and its sessions. Raises Refused."""
    course = await session.get(Course, document.course_id)
    if course is None or not (caller.unbound or course.provider_id == caller.speaks_for("provider")):
        raise Refused("course-unknown", field="course_id")
    meetings = [Meeting(each.starts_at, each.ends_at, each.jp.quantize(THOUSANDTH)) for each in document.sessions]
    check_times(document.begins_on, document.ends_on, meetings)
    if not all(covers((course.valid_from, course.valid_to), day) for day in (document.begins_on, document.ends_on)):
        raise Refused("course-not-offered", field="course_id")
    policy_of(course.form, document.ends_on)
    for meeting in meetings:
        check_form(caller.rules.packs[-1].tables, course.form, meeting.jp)
    whole = sum((meeting.jp for meeting in meetings), NONE)
    if course.jp is not None and whole != course.jp:
        raise Refused("class-jp-differs", field="sessions", jp=course.jp)
    return course, meetings


async def _keep(session: AsyncSession, class_id: UUID, meetings: Sequence[Meeting]) -> None:
    rows = [(class_id, number, *meeting) for number, meeting in enumerate(meetings, 1)]
    await insert(session, ClassSession.table(), SESSION, rows)


async def _check_not_begun(session: AsyncSession, class_id: UUID, field: str | None = None) -> None:
    if await session.scalar(select(exists().where(col(Attendance.class_id) == class_id))):
        raise Refused("class-begun", field=field)


async def _taken(session: AsyncSession, class_id: UUID) -> int:
    counted = select(func.count()).where(col(Enrolment.class_id) == class_id, col(Enrolment.state) == "enrolled")
    return (await session.execute(counted)).scalar_one()


async def _in_it(session: AsyncSession, class_id: UUID) -> Sequence[UUID]:
    """Who has a seat or waits for one."""
    found = select(col(Enrolment.person_id)).where(
        col(Enrolment.class_id) == class_id, col(Enrolment.state) != "withdrawn"
    )
    return (await session.scalars(found.order_by(col(Enrolment.id)))).all()


async def _seat(session: AsyncSession, desk: Desk, caller: Caller[Book]) -> None:
    """Gives free seats to those who wait, and tells them."""
    free = desk.found.seats - await _taken(session, desk.found.id)
    waiting = select(Enrolment).where(col(Enrolment.class_id) == desk.found.id, col(Enrolment.state) == "waiting")
    seated = (await session.scalars(waiting.order_by(col(Enrolment.id)).limit(free))).all()
    for each in seated:
        each.state = "enrolled"
    write(session, [each.person_id for each in seated], "enrolled", desk.found, desk.course, caller)


def _reaches(caller: Caller[Book], person: Person) -> bool:
    """Whether somebody is the caller's to enrol: one who serves in their agency now, or themselves."""
    of_agency = "agency_hr" in caller.roles and person.agency_id in caller.offices
    return of_agency or ("person" in caller.roles and person.person_id == caller.person)
