"""Assessing training records: what each gives in AK, whatever order its events come in.

A row keeps the highest version of a record and, apart from it, of its revocation, so each is
applied by one statement that ignores what is older. Degrees are then settled per person.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.ids import new_id
from common.store.sets import columns_of, copy, insert, lists, one_of, overwrite, unnest
from contracts.actors import SYSTEM
from credit.cases.commands import NewCase, open_cases
from credit.cases.tables import cases
from credit.cases.writing import Judged, case_of, content_of, save_judged, save_returns
from credit.domain.cases import Case, move
from credit.domain.degrees import (
    BONUS,
    REVOKED,
    Bonus,
    Claim,
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
from credit.evidence.excerpts import Completed, Revoked
from credit.evidence.tables import evidence
from credit.people import PEOPLE, degrees, tenures

DETAILS = (
    "person_id",
    "agency_id",
    "sequence",
    "form",
    "title",
    "end_date",
    "jp_counted",
    "verified",
    "degree",
    "hands",
    "rule_pack",
)
RECORD = ("record_id", *DETAILS, "outcome", "reason_code", "source")
REVOCATION = ("record_id", "person_id", "agency_id", "revoked_sequence", "revocation")
SETTLED = columns_of(evidence, ("record_id", "state", "outcome", "reason_code", "source", "case_id"))
CLAIMS = evidence.c.degree.is_not(None) | evidence.c.case_id.is_not(None)
"""The records that name a degree, or once did: `evidence` has an index of them."""
LOOK = text(
    "SELECT person_id, NULL AS record_id FROM unnest(CAST(:people AS uuid[])) AS given (person_id)"
    " WHERE NOT EXISTS (SELECT FROM people WHERE people.person_id = given.person_id)"
    " UNION ALL"
    " SELECT NULL, record_id FROM evidence WHERE record_id = ANY(CAST(:records AS uuid[]))"
)
NOTE = text(
    f"UPDATE evidence SET {overwrite(SETTLED, 'given')} FROM {unnest(SETTLED)}"  # noqa: S608 - built of names in this code
    " WHERE evidence.record_id = given.record_id"
)


async def look(session: AsyncSession, batch: Sequence[Received]) -> tuple[set[UUID], set[UUID]]:
    """Which people of these records are not known, and which records are here already."""
    asked = {
        "people": list({received.event.person_id for received in batch}),
        "records": [received.event.record_id for received in batch],
    }
    rows = (await session.execute(LOOK, asked)).all()
    return {row.person_id for row in rows if row.person_id}, {row.record_id for row in rows if row.record_id}


async def assess(
    session: AsyncSession, batch: Sequence[Received], here: Collection[UUID], book: Book, now: datetime
) -> None:
    """Assesses the records of known people by the rules of their end dates; `here` are the records stored before."""
    completions = _newest(received for received in batch if not isinstance(received.event, Revoked))
    revocations = _newest(received for received in batch if isinstance(received.event, Revoked))
    people = {*await _store(session, completions, here, book), *await _revoke(session, revocations)}
    if people:
        await _settle_degrees(session, sorted(people), book, now)


def _newest(batch: Iterable[Received]) -> list[Received]:
    newest: dict[UUID, Received] = {}
    for received in batch:
        held = newest.get(received.event.record_id)
        if held is None or held.sequence < received.sequence:
            newest[received.event.record_id] = received
    return [newest[record_id] for record_id in sorted(newest)]


async def _store(
    session: AsyncSession, completions: Sequence[Received], here: Collection[UUID], book: Book
) -> list[UUID]:
    """Stores records, each with the verdict on an activity. Answers whose degrees must be settled."""
    if not completions:
        return []
    verdicts = {day: _verdict(book, day) for day in {received.event.end_date for received in completions}}
    first = [received for received in completions if received.event.record_id not in here]
    if first:
        await copy(
            session, evidence.name, (*RECORD, "state"), [(*_row(received, verdicts), "active") for received in first]
        )
    changed = await insert(
        session,
        evidence,
        RECORD,
        [_row(received, verdicts) for received in completions if received.event.record_id in here],
        f"""
        ON CONFLICT (record_id) DO UPDATE SET {overwrite(DETAILS)},
            state = CASE WHEN evidence.revoked_sequence > excluded.sequence THEN 'revoked' ELSE 'active' END,
            outcome = excluded.outcome,
            reason_code = CASE WHEN evidence.revoked_sequence > excluded.sequence
                THEN evidence.reason_code ELSE excluded.reason_code END,
            source = CASE WHEN evidence.revoked_sequence > excluded.sequence THEN NULL ELSE excluded.source END,
            revocation = CASE WHEN evidence.revoked_sequence > excluded.sequence THEN evidence.revocation END,
            revoked_sequence = CASE WHEN evidence.revoked_sequence > excluded.sequence
                THEN evidence.revoked_sequence END
        WHERE evidence.sequence < excluded.sequence
        RETURNING person_id, degree IS NOT NULL OR case_id IS NOT NULL AS settles
        """,
        state="active",
    )
    return [
        *(received.event.person_id for received in first if received.event.degree),
        *(row.person_id for row in (changed or ()) if row.settles),
    ]


async def _revoke(session: AsyncSession, revocations: Sequence[Received]) -> list[UUID]:
    """Marks records as revoked, also ones that have not come yet. Answers whose degrees must be settled."""
    rows: list[tuple[Any, ...]] = []
    for received in revocations:
        event: Revoked = received.event
        rows.append((event.record_id, event.person_id, event.agency_id, received.sequence, event.reason))
    revoked = await insert(
        session,
        evidence,
        REVOCATION,
        rows,
        """
        ON CONFLICT (record_id) DO UPDATE SET state = excluded.state, outcome = excluded.outcome,
            reason_code = excluded.reason_code, source = NULL, revocation = excluded.revocation,
            revoked_sequence = excluded.revoked_sequence
        WHERE excluded.revoked_sequence > GREATEST(evidence.sequence, evidence.revoked_sequence)
        RETURNING person_id, degree IS NOT NULL OR case_id IS NOT NULL AS settles
        """,
        sequence=0,
        state="revoked",
        outcome=REVOKED.outcome,
        reason_code=REVOKED.reason,
    )
    return [] if revoked is None else [row.person_id for row in revoked.all() if row.settles]


def _verdict(book: Book, day: date) -> tuple[str, str, str, str]:
    """The pack of an end date, and by it outcome, reason and its legal source for an activity."""
    pack = book.at(day)
    verdict = judge_activity(pack.tables)
    return pack.id, verdict.outcome, verdict.reason, pack.tables.reasons[verdict.reason]


def _row(received: Received, verdicts: Mapping[date, tuple[str, str, str, str]]) -> tuple[Any, ...]:
    event: Completed = received.event
    return (
        event.record_id,
        event.person_id,
        event.agency_id,
        received.sequence,
        event.form,
        event.title,
        event.end_date,
        event.jp_counted,
        event.verified,
        event.degree,
        msgspec.json.encode(event.hands).decode(),
        *verdicts[event.end_date],
    )


async def settle_again(session: AsyncSession, person_ids: Sequence[UUID], book: Book, now: datetime) -> None:
    """Settles the degrees of people whose history has changed."""
    claimants = await session.scalars(
        select(evidence.c.person_id).where(one_of(evidence.c.person_id, person_ids), CLAIMS).distinct()
    )
    found = sorted(claimants)
    if found:
        await _settle_degrees(session, found, book, now)


async def _settle_degrees(session: AsyncSession, person_ids: Sequence[UUID], book: Book, now: datetime) -> None:
    await PEOPLE.lock(session, person_ids)
    tenure_of = await tenures(session, person_ids)
    educations = await degrees(session, person_ids)
    rows = (await session.execute(select(evidence).where(one_of(evidence.c.person_id, person_ids), CLAIMS))).all()
    found = (
        await session.execute(
            select(cases)
            .where(
                cases.c.kind == "education",
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
    await save_returns(session, stopped, SYSTEM, now, settlement.returned)
    waiting = {case.id: case for case in stopped}
    dates = {claim.record_id: claim.end_date for claim in claims}
    resumed = [
        _resumed(waiting.get(row.id, known[row.id]), row, dates[row.record_id], tenure_of[row.person_id], book)
        for row in found
        if row.id in settlement.resumed
    ]
    await save_judged(session, resumed, SYSTEM, now)
    new = [_new_case(claim, jenjang[claim.record_id], book) for claim in settlement.opened]
    await open_cases(session, new, SYSTEM, now)
    settled = {**settlement.records, **{case.record_id: Settled(BONUS, case.id) for case in new}}
    await _note(session, [(claim, settled[claim.record_id]) for claim in claims], book)


def _claim(row: Any, told: Sequence[Any], educations: Sequence[Schooling], tenure: Tenure, book: Book) -> Claim:
    day, rules = row.end_date, book.at(row.end_date).tables
    verdict = judge_activity(rules)
    if row.degree:
        known = degree_before(educations, day)
        held = [*_earlier(row, told), *([known] if known else [])]
        away, jenjang = tenure.away_on(day), tenure.jenjang_on(day)
        verdict = judge_degree(rules, row.degree, held, jenjang, away=away, verified=row.verified)
    return Claim(row.record_id, row.person_id, row.degree, day, _revoked(row), verdict)


def _earlier(row: Any, told: Sequence[Any]) -> list[str]:
    """The other degrees that the person's verified records tell of before this one."""
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


def _new_case(claim: Claim, jenjang: str | None, book: Book) -> NewCase:
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


async def _note(session: AsyncSession, settled: Sequence[tuple[Claim, Settled]], book: Book) -> None:
    rows: list[tuple[Any, ...]] = []
    for claim, result in settled:
        verdict = result.verdict
        state = "reversal-due" if result.overdue else "revoked" if claim.revoked else "active"
        source = book.at(claim.end_date).tables.reasons.get(verdict.reason)
        rows.append((claim.record_id, state, verdict.outcome, verdict.reason, source, result.case_id))
    await session.execute(NOTE, lists(SETTLED, rows))
