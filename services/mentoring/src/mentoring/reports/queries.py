"""Reading reports of problems: each is for its sender and for the person it went to."""

from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from mentoring.pairs.reach import own_pair
from mentoring.pairs.tables import Pair
from mentoring.programmes.tables import Programme
from mentoring.reports.schemas import (
    ConfidantsOut,
    HandledReportOut,
    NoticeOut,
    NoticesOut,
    ReportOut,
    ReportsOut,
)
from mentoring.reports.tables import Confidant, ProblemReport, ReportNotice
from mentoring.texts import say
from roster.days import in_service_sql
from roster.outside import first_outside, stood_above

MOST = 200
"""Whom a report could go to, the nearest first: those of the programme, then those of others."""
CANDIDATES = text(f"""
    SELECT c.person_id FROM confidants c JOIN people p USING (person_id)
    WHERE {in_service_sql("p", "CAST(:day AS date)")}
    GROUP BY c.person_id ORDER BY bool_or(c.programme_id = :programme) DESC,
        (SELECT count(*) FROM problem_reports r WHERE r.handler_id = c.person_id AND r.handled_at IS NULL), c.person_id
    LIMIT {MOST}
""")  # noqa: S608 - built of names in this code


async def confidants(session: AsyncSession, programme_id: UUID) -> ConfidantsOut:
    """Whom a programme names. Raises Refused `not-found`."""
    if await session.get(Programme, programme_id) is None:
        raise Refused("not-found")
    found = select(col(Confidant.person_id)).where(col(Confidant.programme_id) == programme_id)
    return ConfidantsOut(person_ids=sorted(await session.scalars(found)))


async def handler_of(session: AsyncSession, pair: Pair, day: date) -> UUID | None:
    """Whom a report about a pair would go to on a day; None where nobody outside both lines is named."""
    candidates = (await session.scalars(CANDIDATES, {"programme": pair.programme_id, "day": day})).all()
    two = {pair.mentee_id, pair.mentor_id}
    return first_outside(candidates, two, await stood_above(session, [*two, *candidates], day))


async def own_reports(session: AsyncSession, pair_id: UUID, language: Language, caller: Caller[None]) -> ReportsOut:
    """What the caller has reported of a pair of theirs. Raises Refused `not-found`."""
    pair = await own_pair(session, pair_id, caller)
    found = select(ProblemReport).where(
        col(ProblemReport.pair_id) == pair.id, col(ProblemReport.reporter_id) == caller.speaks_for("person")
    )
    rows = await session.scalars(found.order_by(col(ProblemReport.id)))
    return ReportsOut(
        private=say("reports.private", language),
        goes_to=await handler_of(session, pair, caller.today),
        items=[ReportOut.model_validate(row) for row in rows],
    )


async def handled_page(session: AsyncSession, window: Window, caller: Caller[None]) -> Page[HandledReportOut]:
    """The reports that went to the caller, in the order they were sent."""
    found = select(ProblemReport).where(col(ProblemReport.handler_id) == caller.speaks_for("person"))
    rows = await session.scalars(window.narrow(found, col(ProblemReport.id), BY_ID))
    return window.page([HandledReportOut.model_validate(row) for row in rows], lambda shown: [shown.id])


async def notices(session: AsyncSession, caller: Caller[None]) -> NoticesOut:
    """What the caller was told of reports that concerned them."""
    found = select(ReportNotice).where(col(ReportNotice.person_id) == caller.speaks_for("person"))
    rows = await session.scalars(found.order_by(col(ReportNotice.told_at)))
    return NoticesOut(items=[NoticeOut.model_validate(row) for row in rows])
