"""Naming whom reports go to, sending one, and saying what became of it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.ids import new_id
from common.refused import Refused
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events.notification import MessageRequested
from mentoring.completion.commands import end_held
from mentoring.pairs.reach import own_pair
from mentoring.pairs.tables import Pair
from mentoring.people import PEOPLE
from mentoring.programmes.commands import held
from mentoring.reports.queries import handler_of
from mentoring.reports.schemas import ConfidantsIn, HandledReportOut, HandleIn, ReportIn
from mentoring.reports.tables import Confidant, ProblemReport, ReportNotice
from mentoring.texts import say

MAILED_FOR = timedelta(days=90)
"""How long the mail waits for an address."""
MOST_OPEN = 10
"""Reports of one person about one pair that were not handled yet."""


async def name_confidants(session: AsyncSession, programme_id: UUID, asked: ConfidantsIn, caller: Caller[None]) -> None:
    """Names whom reports go to, in place of whoever was named before. Raises Refused `not-found`, `not-in-service`."""
    programme = await held(session, programme_id, caller)
    people = await PEOPLE.lock(session, asked.person_ids)
    for number, person_id in enumerate(asked.person_ids):
        if (person := people.by_id.get(person_id)) is None or not person.in_service(caller.today):
            raise Refused("not-in-service", field=f"person_ids.{number}")
    await session.execute(delete(Confidant).where(col(Confidant.programme_id) == programme.id))
    session.add_all(Confidant(programme_id=programme.id, person_id=each) for each in people.by_id)


async def send(session: AsyncSession, pair_id: UUID, document: ReportIn, caller: Caller[None]) -> None:
    """Sends a report to somebody outside, who gets a mail. Raises Refused `not-found`, `confidant-missing`, `reports-over`."""
    pair = await own_pair(session, pair_id, caller)
    me: UUID = caller.speaks_for("person")
    await PEOPLE.lock(session, [me])
    waiting = select(func.count()).where(
        col(ProblemReport.pair_id) == pair.id,
        col(ProblemReport.reporter_id) == me,
        col(ProblemReport.handled_at).is_(None),
    )
    if (await session.scalar(waiting) or 0) >= MOST_OPEN:
        raise Refused("reports-over", most=MOST_OPEN)
    handler_id = await handler_of(session, pair, caller.today)
    if handler_id is None:
        raise Refused("confidant-missing")
    report = ProblemReport(
        id=new_id(),
        pair_id=pair.id,
        reporter_id=me,
        concerns_id=pair.mentor_id if me == pair.mentee_id else pair.mentee_id,
        handler_id=handler_id,
        **document.model_dump(),
        sent_at=caller.now,
        outcome=None,
        handled_at=None,
    )
    session.add(report)
    emit(
        session,
        MessageRequested(
            request_id=report.id,
            recipient="person",
            recipient_id=handler_id,
            template="mentoring-report",
            values={"sent_on": caller.today},
            reason="confidant",
            expires_at=caller.now + MAILED_FOR,
        ),
        sequence=1,
        time=caller.now,
    )


async def handle(session: AsyncSession, report_id: UUID, document: HandleIn, caller: Caller[None]) -> HandledReportOut:
    """Says what became of a report that went to the caller, and ends the pair if they will: then nobody is blamed on record.

    Raises Refused `not-found`, `report-handled`, `pair-not-active`.
    """
    if document.ends_pair:
        await _end(session, report_id, caller)
    report = await session.get(ProblemReport, report_id, with_for_update=True)
    if report is None or report.handler_id != caller.speaks_for("person"):
        raise Refused("not-found")
    if report.handled_at is not None:
        raise Refused("report-handled")
    report.outcome, report.handled_at = document.outcome, caller.now
    if document.told is not None:
        told = {"report_id": report.id, "person_id": report.concerns_id, "words": document.told}
        session.add(ReportNotice(**told, told_at=caller.now))
    return HandledReportOut.model_validate(report)


async def _end(session: AsyncSession, report_id: UUID, caller: Caller[None]) -> None:
    """Ends the pair of a report, by words that are the same for every pair. Its people are held first, then it, as everywhere."""
    whose = select(Pair).join(ProblemReport, col(ProblemReport.pair_id) == col(Pair.id))
    mine = (col(ProblemReport.id) == report_id, col(ProblemReport.handler_id) == caller.speaks_for("person"))
    waits = (*mine, col(ProblemReport.handled_at).is_(None))
    if (pair := await session.scalar(whose.where(*waits))) is None:
        return
    await PEOPLE.lock(session, [pair.mentee_id, pair.mentor_id])
    await session.refresh(pair, with_for_update=True)
    await end_held(session, pair, "desk", say("pair.ended", "id"), caller)
