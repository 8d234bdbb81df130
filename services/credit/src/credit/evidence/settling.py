"""Settling degrees: which record of a degree has its case, and what becomes of the others.

Whatever order news comes in, a person's degrees are settled anew from all that is known.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import new_id
from common.store.sets import columns_of, lists, one_of, overwrite, unnest
from contracts.actors import SYSTEM
from credit.cases.opening import NewCase, open_cases
from credit.cases.tables import cases
from credit.cases.writing import Judged, case_of, content_of, save_judged, save_returns
from credit.domain.books import Regulations
from credit.domain.cases import Case, move
from credit.domain.degrees import (
    BONUS,
    Bonus,
    DegreeClaim,
    Schooling,
    Settled,
    bonus_segment,
    degree_before,
    judge_activity,
    judge_degree,
    settle,
)
from credit.domain.judging import judge
from credit.domain.periods import Tenure
from credit.domain.rules import Book
from credit.evidence.reversals import settle_reversals
from credit.evidence.tables import CLAIMS, evidence
from credit.people import PEOPLE, degrees, tenures

SETTLED = columns_of(evidence, ("record_id", "state", "outcome", "reason_code", "source", "case_id"))
NOTE = text(
    f"UPDATE evidence SET {overwrite(SETTLED, 'given')} FROM {unnest(SETTLED)}"  # noqa: S608 - built of names in this code
    " WHERE evidence.record_id = given.record_id"
)


async def settle_again(session: AsyncSession, person_ids: Sequence[UUID], book: Regulations, now: datetime) -> None:
    """Settles the degrees of people whose history has changed, if their records name any."""
    claimants = await session.scalars(
        select(evidence.c.person_id).where(one_of(evidence.c.person_id, person_ids), text(f"({CLAIMS})")).distinct()
    )
    found = sorted(claimants)
    if found:
        await settle_degrees(session, found, book, now)


async def settle_degrees(session: AsyncSession, person_ids: Sequence[UUID], book: Regulations, now: datetime) -> None:
    """Settles the degrees of people: opens, returns and resumes cases and reversals, and notes at each record what it comes to."""
    await PEOPLE.lock(session, person_ids)
    tenure_of = await tenures(session, person_ids)
    educations = await degrees(session, person_ids)
    rows = (
        await session.execute(select(evidence).where(one_of(evidence.c.person_id, person_ids), text(f"({CLAIMS})")))
    ).all()
    found = (
        await session.execute(
            select(cases)
            .where(
                cases.c.kind == "education",
                cases.c.state != "reversed",
                one_of(cases.c.person_id, person_ids) | one_of(cases.c.record_id, [row.record_id for row in rows]),
            )
            .order_by(cases.c.id)
            .with_for_update()
        )
    ).all()

    jenjang = {row.record_id: tenure_of[row.person_id].jenjang_on(row.end_date) for row in rows}
    told: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        told[row.person_id].append(row)
    claims = [
        _claim(row, told[row.person_id], educations[row.person_id], tenure_of[row.person_id], book) for row in rows
    ]
    hands = {row.record_id: row.hands for row in rows}
    known = {row.id: case_of(row, hands.get(row.record_id)) for row in found}
    settlement = settle(claims, [_bonus(row, known[row.id]) for row in found])

    stopped = [move(known[row.id], "return", SYSTEM) for row in found if row.id in settlement.returned]
    await save_returns(session, stopped, SYSTEM, book, now, settlement.returned)
    waiting = {case.id: case for case in stopped}
    dates = {claim.record_id: claim.end_date for claim in claims}
    resumed = [
        _resumed(waiting.get(row.id, known[row.id]), row, dates[row.record_id], tenure_of[row.person_id], book)
        for row in found
        if row.id in settlement.resumed
    ]
    await save_judged(session, resumed, SYSTEM, book, now)
    overdue = {result.case_id for result in settlement.records.values() if result.overdue and result.case_id}
    await settle_reversals(session, [row for row in found if row.state == "attested"], overdue, book, now)
    new = [_new_case(claim, jenjang[claim.record_id], book) for claim in settlement.opened]
    await open_cases(session, new, SYSTEM, book, now)
    settled = {**settlement.records, **{case.record_id: Settled(BONUS, case.id) for case in new}}
    await _note(session, [(claim, settled[claim.record_id]) for claim in claims], book)


def _claim(row: Any, told: Sequence[Any], educations: Sequence[Schooling], tenure: Tenure, book: Book) -> DegreeClaim:
    day, rules = row.end_date, book.at(row.end_date).tables
    verdict = judge_activity(rules)
    if row.degree:
        known = degree_before(educations, day)
        held = [*_earlier(row, told), *([known] if known else [])]
        away, jenjang = tenure.away_on(day), tenure.jenjang_on(day)
        verdict = judge_degree(rules, row.degree, held, jenjang, away=away, verified=row.verified)
    return DegreeClaim(row.record_id, row.person_id, row.degree, day, _revoked(row), verdict)


def _earlier(row: Any, told: Sequence[Any]) -> list[str]:
    """The other degrees that the person's verified records name before this one."""
    return [
        other.degree
        for other in told
        if other.degree not in {None, row.degree}
        and (other.end_date, other.record_id) < (row.end_date, row.record_id)
        and other.verified
        and not _revoked(other)
    ]


def _revoked(row: Any) -> bool:
    return row.revoked_sequence is not None and row.revoked_sequence > row.sequence


def _bonus(row: Any, case: Case) -> Bonus:
    by_hand = row.state == "returned" and row.returned_by != SYSTEM.subject
    undone = row.state == "checked" and case.checked_by_its_sender
    return Bonus(row.id, row.record_id, row.person_id, row.degree, row.period_end, row.state, by_hand, undone)


def _resumed(case: Case, row: Any, day: date, tenure: Tenure, book: Book) -> Judged:
    before = content_of(row)
    return Judged(
        move(case, "resubmit", SYSTEM),
        before | {"period_start": day, "period_end": day},
        judge(book, tenure, {}, day, day, None),
        replaced=before if day != row.period_end else None,
    )


def _new_case(claim: DegreeClaim, jenjang: str | None, book: Book) -> NewCase:
    pack = book.at(claim.end_date)
    bonus = bonus_segment(pack, jenjang or "", claim.end_date)
    return NewCase(
        id=new_id(),
        kind="education",
        person_id=claim.person_id,
        period_start=claim.end_date,
        period_end=claim.end_date,
        segments=[bonus],
        record_id=claim.record_id,
        degree=claim.degree,
    )


async def _note(session: AsyncSession, settled: Sequence[tuple[DegreeClaim, Settled]], book: Book) -> None:
    rows: list[tuple[Any, ...]] = []
    for claim, result in settled:
        verdict = result.verdict
        state = "reversal-due" if result.overdue else "revoked" if claim.revoked else "active"
        source = book.at(claim.end_date).tables.reasons.get(verdict.reason)
        rows.append((claim.record_id, state, verdict.outcome, verdict.reason, source, result.case_id))
    await session.execute(NOTE, lists(SETTLED, rows))
