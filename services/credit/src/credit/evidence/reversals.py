"""Opening reversals of cases whose ground has gone, and stopping those whose ground is back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.sets import one_of
from contracts.actors import SYSTEM
from credit.cases.judging import present_segments
from credit.cases.opening import open_cases, reversal_of
from credit.cases.tables import cases
from credit.cases.writing import Judged, case_of, content_of, save_judged, save_returns
from credit.domain.books import Regulations
from credit.domain.cases import move
from credit.domain.judging import reversal


async def settle_reversals(
    session: AsyncSession, attested: Sequence[Any], groundless: Collection[UUID], book: Regulations, now: datetime
) -> None:
    """Brings the reversals of attested cases in line with which of these are `groundless`. The caller holds the people.

    One that somebody has returned stays so: it was decided that the points remain, until HR submits it again.
    """
    if not attested:
        return
    rows = await session.execute(
        select(cases)
        .where(one_of(cases.c.reverses, [row.id for row in attested]))
        .order_by(cases.c.id)
        .with_for_update()
    )
    begun = {row.reverses: row for row in rows}
    given = await present_segments(session, [row.id for row in attested if row.id in groundless])
    stopped = [
        move(case_of(row), "return", SYSTEM)
        for row in begun.values()
        if row.reverses not in groundless and row.state in {"submitted", "checked"}
    ]
    await save_returns(
        session, stopped, SYSTEM, book, now, dict.fromkeys((case.id for case in stopped), "ground-is-back")
    )
    resumed = [
        Judged(move(case_of(row), "resubmit", SYSTEM), content_of(row), reversal(given[row.reverses]))
        for row in begun.values()
        if row.reverses in groundless and row.state == "returned" and row.returned_by == SYSTEM.subject
    ]
    await save_judged(session, resumed, SYSTEM, book, now, "ground-has-gone")
    new = [reversal_of(row, given[row.id]) for row in attested if row.id in groundless and row.id not in begun]
    await open_cases(session, new, SYSTEM, book, now)
