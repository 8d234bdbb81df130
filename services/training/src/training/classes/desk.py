"""What the use cases of a class have in common: the class, held; whom lines name; and what is known of them there."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.store.sets import one_of
from contracts.callers import Caller
from contracts.nip import nip_hash
from roster.people import Locked, Person
from training.catalogue.tables import Course
from training.classes.queries import sessions_of
from training.classes.schemas import SomebodyIn
from training.classes.tables import Attendance, ClassSession, Enrolment, TaughtClass
from training.domain.classes import Meeting
from training.domain.rules import Book
from training.people import PEOPLE


class Desk(NamedTuple):
    """A class that is held, with its course and its sessions in their order."""

    found: TaughtClass
    course: Course
    sessions: Sequence[ClassSession]

    @property
    def meetings(self) -> list[Meeting]:
        """Its sessions, as its rules see them."""
        return [Meeting(each.starts_at, each.ends_at, each.jp) for each in self.sessions]

    def given_by(self, caller: Caller[Book]) -> bool:
        """Whether the caller gives it."""
        return caller.unbound or ("provider" in caller.roles and caller.provider == self.found.provider_id)


async def hold(session: AsyncSession, class_id: UUID, caller: Caller[Book], *, anybodys: bool = False) -> Desk:
    """A class, held; one that the caller gives unless it may be `anybodys`. Raises Refused `not-found`, `class-cancelled`."""
    found = await session.get(TaughtClass, class_id, with_for_update=True)
    if found is None or not (anybodys or caller.unbound or found.provider_id == caller.speaks_for("provider")):
        raise Refused("not-found")
    if found.cancelled_at is not None:
        raise Refused("class-cancelled")
    course = await session.get_one(Course, found.course_id)
    return Desk(found, course, (await sessions_of(session, [class_id]))[class_id])


async def named(session: AsyncSession, lines: Iterable[SomebodyIn], caller: Caller[Book]) -> Locked:
    given = list(lines)
    ids = {line.person_id for line in given if line.person_id}
    return await PEOPLE.lock(session, ids, {nip_hash(line.nip, caller.nip_key) for line in given if line.nip})


def person_of(people: Locked, line: SomebodyIn, caller: Caller[Book]) -> Person | None:
    """Whom a line names; None for nobody, or for two people at once. Raises Refused `field-missing`."""
    if line.nip is None and line.person_id is None:
        raise Refused("field-missing", field="nip")
    by_nip = people.by_nip.get(nip_hash(line.nip, caller.nip_key)) if line.nip else None
    by_id = people.by_id.get(line.person_id) if line.person_id else None
    if line.nip and line.person_id:
        return by_nip if by_nip is by_id else None
    return by_nip or by_id


def seat_of(seats: Mapping[UUID, Enrolment], people: Locked, line: SomebodyIn, caller: Caller[Book]) -> Enrolment:
    """The seat of whom a line names. Raises Refused `not-in-class`, for whoever is known and for whoever is not alike."""
    person = person_of(people, line, caller)
    seat = seats.get(person.person_id) if person else None
    if seat is None or seat.state != "enrolled":
        raise Refused("not-in-class", field=line.field)
    return seat


async def enrolments(session: AsyncSession, class_id: UUID, people: Locked) -> dict[UUID, Enrolment]:
    of_class = select(Enrolment).where(col(Enrolment.class_id) == class_id)
    found = await session.scalars(of_class.where(one_of(Enrolment.table().c.person_id, people.by_id)))
    return {each.person_id: each for each in found}


async def attendance(session: AsyncSession, class_id: UUID, people: Iterable[UUID]) -> Sequence[Attendance]:
    of_class = select(Attendance).where(col(Attendance.class_id) == class_id)
    return (await session.scalars(of_class.where(one_of(Attendance.table().c.person_id, people)))).all()
