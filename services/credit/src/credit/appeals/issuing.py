"""Issuing what was granted or held granted: a returned case is attested after all, attested points are counted anew.

Whoever has judged the appeal stands as the checker, whoever issues it as the attester: so two people have decided, neither
of whom has decided the case before. Nothing that was attested changes: it is taken back by a reversal, entry by entry.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import new_id
from common.refused import Refused
from contracts.actors import SYSTEM, Actor
from contracts.callers import Caller
from credit.appeals.commands import clock_of, conflicts_of, first_judges, held, save
from credit.cases.commands import OBSTACLE
from credit.cases.judging import booked_by_person, judge_stored, present_segments
from credit.cases.opening import NewCase, open_cases, reversal_of
from credit.cases.tables import cases
from credit.cases.taking_back import take_back
from credit.cases.writing import Judged, case_of, content_of, save_judged, save_moves
from credit.conflicts.queries import check_no_conflict
from credit.domain.appeals import check_judge
from credit.domain.books import Regulations
from credit.domain.cases import Case, move
from credit.domain.judging import judge
from credit.ledger.commands import enter
from credit.people import tenures

REASON = "appeal-granted"


async def issue(session: AsyncSession, appeal_id: UUID, caller: Caller[Regulations]) -> None:
    """Decides the case as the appeal was granted.

    Raises Refused: `not-found`, `illegal-transition`, `own-case`, `first-judge`, `same-person` for who has judged the appeal,
    `conflict-of-interest`, `case-moved-on`, or as judging the case anew.
    """
    row = await held(session, appeal_id, caller)
    if row.state not in {"granted", "held-granted"}:
        raise Refused("illegal-transition", "state", state=row.state)
    check_judge(row.person_id, await first_judges(session, row, caller.today), caller.actor)
    await check_no_conflict(session, row.person_id, caller, conflicts_of(clock_of(row, caller.rules), caller))
    case = (await session.execute(select(cases).where(cases.c.id == row.case_id).with_for_update())).one()
    decider = Actor(row.judged_by, named_by=frozenset(row.judges))
    issued = await (_accept if case.state == "returned" else _count_anew)(session, row, case, decider, caller)
    await save(session, row, "issue", caller.now, {"issued_by": caller.subject, "issued_case": issued})


async def _accept(session: AsyncSession, row: Any, case: Any, decider: Actor, caller: Caller[Regulations]) -> UUID:
    obstacle = await session.scalar(OBSTACLE, {"id": case.id}) if case.kind == "education" else None
    outcome = Refused(obstacle) if obstacle else (await judge_stored(session, [case], caller.rules))[case.id]
    if isinstance(outcome, Refused):
        raise outcome
    submitted = move(case_of(case), "resubmit", _submitter(case))
    judged = Judged(submitted, content_of(case), outcome)
    await save_judged(session, [judged], _submitter(case), caller.rules, caller.now, REASON)
    await _decide(session, submitted, decider, caller)
    return row.case_id


async def _count_anew(session: AsyncSession, row: Any, case: Any, decider: Actor, caller: Caller[Regulations]) -> UUID:
    back = reversal_of(case, (await present_segments(session, [case.id]))[case.id])
    await open_cases(session, [back], SYSTEM, caller.rules, caller.now)
    await _decide(session, await _opened(session, back.id), decider, caller)
    said = content_of(case) | {"predikat": row.predikat, "hasil_kerja": None, "perilaku": None}
    start, end = case.period_start, case.period_end
    tenure = (await tenures(session, [case.person_id]))[case.person_id]
    booked = (await booked_by_person(session, [case.person_id], start, end))[case.person_id]
    outcome = judge(caller.rules, tenure, booked, start, end, row.predikat)
    counted = NewCase(
        id=new_id(),
        kind="conversion",
        person_id=case.person_id,
        segments=outcome.segments,
        left_out=outcome.left_out,
        sender_kind=case.sender_kind,
        sender_id=case.sender_id,
        source_name="keberatan",
        reference=str(row.id),
        **said,
    )
    await open_cases(session, [counted], _submitter(case), caller.rules, caller.now)
    await _decide(session, await _opened(session, counted.id), decider, caller)
    return counted.id


async def _decide(session: AsyncSession, case: Case, decider: Actor, caller: Caller[Regulations]) -> None:
    """Checks a submitted case for whoever has judged the appeal, and attests it for the caller."""
    reasons = {case.id: REASON}
    checked = move(case, "check", decider, named=True)
    await save_moves(session, [checked], decider, caller.rules, caller.now, reasons)
    attested = move(checked, "attest", caller.actor, named=True)
    await save_moves(session, [attested], caller.actor, caller.rules, caller.now, reasons)
    await enter(session, [case.id], caller.rules, caller.now)
    if case.kind == "reversal":
        await take_back(session, [attested], caller)


async def _opened(session: AsyncSession, case_id: UUID) -> Case:
    return case_of((await session.execute(select(cases).where(cases.c.id == case_id))).one())


def _submitter(case: Any) -> Actor:
    """Whoever has submitted the case stands for it as it is granted."""
    return Actor(case.submitted_by, named_by=frozenset(case.submitters))
