"""Reminding somebody of the hours they miss."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import derived_id
from common.refused import Refused
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events.notification import MessageRequested
from training.domain import nudges
from training.domain.rules import Book
from training.people import PEOPLE
from training.team import queries
from training.team.schemas import NudgeOut
from training.team.tables import Nudge


async def nudge(session: AsyncSession, person_id: UUID, caller: Caller[Book]) -> NudgeOut:
    """Asks for a message to somebody below the caller who is short. Held by person, so two at once are one.

    Raises Refused: `not-found` for whoever is not below the caller today, `not-short`, `nudged-already`, `rule-missing`.
    """
    await PEOPLE.lock(session, [person_id])
    member = await queries.member(session, person_id, caller)
    if member.state in {"met", "exempt"}:
        raise Refused("not-short")
    today = caller.today
    if (again := nudges.possible_from(today, member.nudged_on)) > today:
        raise Refused("nudged-already", day=again)
    session.add(Nudge(person_id=person_id, nudged_on=today, superior_id=caller.speaks_for("person")))
    interval = nudges.interval(today)
    emit(
        session,
        MessageRequested(
            request_id=derived_id("nudge", person_id, today),
            recipient="person",
            recipient_id=person_id,
            template="nudge",
            values={
                "year": today.year,
                "target": str(member.target),
                "verified": str(member.verified),
                "missing": str(member.missing),
            },
            reason="superior",
            expires_at=caller.now + interval,
        ),
        sequence=1,
        time=caller.now,
    )
    return NudgeOut(person_id=person_id, nudged_on=today, nudge_from=today + interval)
