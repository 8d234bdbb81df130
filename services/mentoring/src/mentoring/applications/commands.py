"""Applying to a programme, and leaving it."""

from uuid import UUID

from sqlalchemy import exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from contracts.callers import Caller
from mentoring.applications.schemas import ApplicationIn
from mentoring.applications.tables import Application
from mentoring.domain.programmes import check_joins, check_open
from mentoring.people import PEOPLE
from mentoring.profiles.queries import jenjang_of
from mentoring.programmes.queries import rules_of
from mentoring.programmes.tables import Programme

TAKEN = text("SELECT count(*) FROM pairs WHERE programme_id = :programme AND mentor_id = :mentor AND state = 'active'")

REVIEW = text(
    "UPDATE pairs SET review = 'withdrawn', version = version + 1 WHERE programme_id = :programme"
    " AND (mentee_id = :person OR mentor_id = :person) AND state IN ('offered', 'active') AND review IS NULL"
)


async def apply(session: AsyncSession, programme_id: UUID, asked: ApplicationIn, caller: Caller[None]) -> None:
    """Lets the caller take part, or changes what they have said. Raises Refused with the rule that stands against it."""
    person_id: UUID = caller.speaks_for("person")
    programme = await session.get(Programme, programme_id, with_for_update={"read": True})
    if programme is None:
        raise Refused("not-found")
    check_open(caller.today, programme.opens_on, programme.closes_on, closed=programme.state == "closed")
    person = (await PEOPLE.lock(session, [person_id])).by_id.get(person_id)
    if person is None or not person.in_service(caller.today):
        raise Refused("not-in-service")
    rules = rules_of(programme)
    check_joins(asked.side, await jenjang_of(session, person_id, caller.today), rules)
    if asked.seats is not None and (asked.side == "mentee" or asked.seats > rules.seats):
        raise Refused("seats-over", field="seats", most=rules.seats if asked.side == "mentor" else 0)
    seats = 0 if asked.side == "mentee" else asked.seats or rules.seats
    if seats < await _taken(session, programme_id, person_id):
        raise Refused("seats-taken", field="side" if asked.side == "mentee" else "seats")
    if asked.side == "mentee":
        elsewhere = exists().where(
            col(Application.person_id) == person_id,
            col(Application.side) == "mentee",
            col(Application.withdrawn_at).is_(None),
            col(Application.programme_id) != programme_id,
            col(Application.programme_id) == col(Programme.id),
            col(Programme.state) == "open",
        )
        if await session.scalar(select(elsewhere)):
            raise Refused("in-another-programme")
    application = Application(
        programme_id=programme_id,
        person_id=person_id,
        **asked.model_dump(exclude={"seats"}),
        seats=seats,
        applied_at=caller.now,
        withdrawn_at=None,
    )
    await session.merge(application)


async def withdraw(session: AsyncSession, programme_id: UUID, caller: Caller[None]) -> None:
    """Takes the caller out of a programme; whoever is out stays so. Raises Refused `not-found`."""
    key = {"programme_id": programme_id, "person_id": caller.speaks_for("person")}
    application = await session.get(Application, key, with_for_update=True)
    if application is None:
        raise Refused("not-found")
    if application.withdrawn_at is None:
        application.withdrawn_at = caller.now
        await session.execute(REVIEW, {"programme": programme_id, "person": application.person_id})


async def _taken(session: AsyncSession, programme_id: UUID, mentor_id: UUID) -> int:
    """How many mentees a mentor has in a programme. Their application is held, as it is while an offer is answered."""
    key = {"programme_id": programme_id, "person_id": mentor_id}
    await session.get(Application, key, with_for_update=True)
    return await session.scalar(TAKEN, {"programme": programme_id, "mentor": mentor_id}) or 0
