"""Reading classes, and who is in them: a provider sees its own classes, an agency its people, a person themselves."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.texts import Language, number
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from training.catalogue.tables import Course
from training.classes.schemas import (
    AgencyClassOut,
    ClassOut,
    EnrolmentOut,
    OfferOut,
    OffersOut,
    ParticipantOut,
    SessionOut,
)
from training.classes.tables import Attendance, ClassSession, Enrolment, Result, TaughtClass
from training.domain.classes import NONE
from training.domain.rules import Book
from training.people import PEOPLE
from training.standing.queries import person_jp
from training.texts import say


def _seats(state: str) -> Any:
    counted = select(func.count()).where(col(Enrolment.class_id) == col(TaughtClass.id), col(Enrolment.state) == state)
    return counted.scalar_subquery().label(state)


OFFERED, SEARCHED = 10, 500
"""How many classes are offered at once, and among how many of the next to begin."""
FOUND = select(TaughtClass, col(Course.title), col(Course.form), _seats("enrolled"), _seats("waiting")).join(
    Course, col(Course.id) == col(TaughtClass.course_id)
)
ATTENDED = (
    select(func.array_agg(aggregate_order_by(col(Attendance.session), col(Attendance.session))))
    .where(
        col(Attendance.class_id) == col(Enrolment.class_id),
        col(Attendance.person_id) == col(Enrolment.person_id),
        col(Attendance.present),
    )
    .scalar_subquery()
    .label("attended")
)
OF_RESULT = (col(Result.class_id) == col(Enrolment.class_id)) & (col(Result.person_id) == col(Enrolment.person_id))
PARTICIPANTS = select(Enrolment, ATTENDED, col(Result.passed), col(Result.jp), col(Result.record_id)).outerjoin(
    Result, OF_RESULT
)

BY_DAY: TypeAdapter[tuple[date, UUID]] = TypeAdapter(tuple[date, UUID])


def taught(caller: Caller[Book]) -> ColumnElement[bool]:
    """The condition for the classes that a caller gives: a provider its own, a national role all."""
    return true() if caller.unbound else col(TaughtClass.provider_id) == caller.speaks_for("provider")


def seen(caller: Caller[Book]) -> ColumnElement[bool]:
    """The condition for the enrolments that a caller may see: those in its own classes, of its agency's people, their own."""
    theirs = exists().where(PEOPLE.c.person_id == col(Enrolment.person_id), PEOPLE.seen_by(caller))
    if "provider" not in caller.roles:
        return theirs
    own = select(col(TaughtClass.id)).where(taught(caller))
    return or_(theirs, col(Enrolment.class_id).in_(own))


async def one_class(session: AsyncSession, class_id: UUID) -> ClassOut:
    """A class. Raises Refused `not-found`."""
    shown = await _shown(session, FOUND.where(col(TaughtClass.id) == class_id))
    if not shown:
        raise Refused("not-found")
    return shown[0]


async def class_page(
    session: AsyncSession, window: Window, course_id: UUID | None, provider_id: UUID | None, since: date | None
) -> Page[ClassOut]:
    """Classes in the order they were published."""
    found = FOUND
    if course_id is not None:
        found = found.where(col(TaughtClass.course_id) == course_id)
    if provider_id is not None:
        found = found.where(col(TaughtClass.provider_id) == provider_id)
    if since is not None:
        found = found.where(col(TaughtClass.ends_on) >= since)
    return window.page(
        await _shown(session, window.narrow(found, col(TaughtClass.id), BY_ID)), lambda shown: [shown.id]
    )


async def agency_page(
    session: AsyncSession, window: Window, agency_id: UUID, caller: Caller[Book], *, attended: bool
) -> Page[AgencyClassOut]:
    """Classes that people of an agency are in or were, the last to begin first; or those they may still come to, the first first.

    Raises Refused `not-found` for an agency that is not the caller's.
    """
    if not caller.reaches(agency_id):
        raise Refused("not-found")
    theirs = select(col(Enrolment.class_id)).join(PEOPLE.table, PEOPLE.c.person_id == col(Enrolment.person_id))
    theirs = theirs.where(PEOPLE.c.agency_id == agency_id, col(Enrolment.state) != "withdrawn")
    begins, key, seen = col(TaughtClass.begins_on), col(TaughtClass.id), window.seen(BY_DAY)
    if attended:
        found = FOUND.where(key.in_(theirs)).order_by(begins.desc(), key.desc())
    else:
        found = FOUND.where(col(TaughtClass.cancelled_at).is_(None), col(TaughtClass.ends_on) >= caller.today)
        found = found.order_by(begins, key)
    if seen:
        found = found.where(tuple_(begins, key) < seen if attended else tuple_(begins, key) > seen)
    shown = await _shown(session, found.limit(window.limit + 1))
    counted = await session.execute(
        theirs.add_columns(
            func.count().filter(col(Enrolment.state) == "enrolled").label("own_enrolled"),
            func.count().filter(col(Enrolment.state) == "waiting").label("own_waiting"),
            func.count().filter(col(Result.passed)).label("own_passed"),
            func.count().filter(~col(Result.passed)).label("own_failed"),
        )
        .outerjoin(Result, OF_RESULT)
        .where(col(Enrolment.class_id).in_([each.id for each in shown]))
        .group_by(col(Enrolment.class_id))
    )
    own = {row.class_id: row._asdict() for row in counted}
    nobody = dict.fromkeys(("own_enrolled", "own_waiting", "own_passed", "own_failed"), 0)
    items = [AgencyClassOut.model_validate(each.model_dump() | own.get(each.id, nobody)) for each in shown]
    return window.page(items, lambda each: (each.begins_on, each.id))


async def own_class(session: AsyncSession, class_id: UUID, caller: Caller[Book]) -> None:
    """That the caller gives a class. Raises Refused `not-found`."""
    own = select(col(TaughtClass.id)).where(col(TaughtClass.id) == class_id, taught(caller))
    if await session.scalar(own) is None:
        raise Refused("not-found")


async def participants(
    session: AsyncSession, window: Window, class_id: UUID, caller: Caller[Book]
) -> Page[ParticipantOut]:
    """Who is in a class, as far as the caller may see them, in the order they came.

    Raises Refused `not-found` where that is nobody and the class is none of the caller's.
    """
    found = PARTICIPANTS.where(col(Enrolment.class_id) == class_id, seen(caller))
    rows = (await session.execute(window.narrow(found, col(Enrolment.id), BY_ID))).all()
    if not rows and window.after is None:
        if "provider" not in caller.roles and not caller.unbound:
            raise Refused("not-found")
        await own_class(session, class_id, caller)
    return window.page([_participant(row) for row in rows], lambda shown: [shown.id])


async def own_page(session: AsyncSession, window: Window, caller: Caller[Book]) -> Page[ParticipantOut]:
    """The classes that the caller is or was in."""
    found = PARTICIPANTS.where(col(Enrolment.person_id) == caller.speaks_for("person"))
    rows = (await session.execute(window.narrow(found, col(Enrolment.id), BY_ID))).all()
    return window.page([_participant(row) for row in rows], lambda shown: [shown.id])


async def offers(session: AsyncSession, language: Language, caller: Caller[Book]) -> OffersOut:
    """Classes to come this year, with a seat free, that close what the caller lacks; none for whoever lacks nothing.

    What a form counts of the hours is for the record to say, by the rule of the day. Raises Refused as `person_jp` does.
    """
    me, year = caller.speaks_for("person"), caller.today.year
    left = (await person_jp(session, me, year, caller, language)).left
    own = exists().where(
        col(Enrolment.class_id) == col(TaughtClass.id),
        col(Enrolment.person_id) == me,
        col(Enrolment.state) != "withdrawn",
    )
    taken = select(func.count()).where(
        col(Enrolment.class_id) == col(TaughtClass.id), col(Enrolment.state) == "enrolled"
    )
    to_come = FOUND.where(
        col(TaughtClass.cancelled_at).is_(None),
        col(TaughtClass.begins_on) > caller.today,
        col(TaughtClass.ends_on) <= date(year, 12, 31),
        taken.scalar_subquery() < col(TaughtClass.seats),
        ~own,
    ).order_by(col(TaughtClass.begins_on), col(TaughtClass.id))
    found = await _shown(session, to_come.limit(SEARCHED)) if left else []
    found.sort(key=lambda each: (-min(each.jp, left), each.begins_on))
    items = [_offer(each, min(each.jp, left), left, language) for each in found[:OFFERED]]
    return OffersOut(person_id=me, year=year, left=left, items=items)


def _offer(found: ClassOut, closes: Decimal, left: Decimal, language: Language) -> OfferOut:
    reason = (
        say("offer.closes", language, closes=number(closes, language), left=number(left, language))
        if closes < left
        else say("offer.closes-all", language, left=number(left, language))
    )
    return OfferOut(**found.model_dump(), closes=closes, reason=reason)


async def enrolment(session: AsyncSession, enrolment_id: UUID) -> EnrolmentOut:
    """An enrolment that there is."""
    found = await session.scalars(select(Enrolment).where(col(Enrolment.id) == enrolment_id))
    return EnrolmentOut.model_validate(found.one())


def _participant(row: Any) -> ParticipantOut:
    return ParticipantOut(
        id=row.Enrolment.id,
        class_id=row.Enrolment.class_id,
        person_id=row.Enrolment.person_id,
        state=row.Enrolment.state,
        attended=row.attended or [],
        passed=row.passed,
        jp_counted=row.jp,
        record_id=row.record_id,
    )


async def sessions_of(session: AsyncSession, class_ids: Sequence[UUID]) -> dict[UUID, list[ClassSession]]:
    """The sessions of classes, in their order."""
    found: dict[UUID, list[ClassSession]] = {class_id: [] for class_id in class_ids}
    for each in await session.scalars(
        select(ClassSession)
        .where(col(ClassSession.class_id).in_(class_ids))
        .order_by(col(ClassSession.class_id), col(ClassSession.number))
    ):
        found[each.class_id].append(each)
    return found


async def _shown(session: AsyncSession, found: Select[*tuple[Any, ...]]) -> list[ClassOut]:
    rows = (await session.execute(found)).all()
    sessions = await sessions_of(session, [row.TaughtClass.id for row in rows])
    return [
        ClassOut(
            **row.TaughtClass.model_dump(),
            title=row.title,
            form=row.form,
            sessions=[SessionOut.model_validate(each) for each in sessions[row.TaughtClass.id]],
            jp=sum((each.jp for each in sessions[row.TaughtClass.id]), NONE),
            enrolled=row.enrolled,
            waiting=row.waiting,
        )
        for row in rows
    ]
