"""Opening cases and moving them on, one or a thousand at a time.

Locks are taken in one order everywhere: people by id, then cases by id.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Text, TextClause, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common import etag
from common.bulk import Answer, Done
from common.problems import Problem
from common.rules import RuleBook
from common.sets import columns_of, insert, lists, one_of, unnest
from contracts.acting import SenderKind
from credit.cases.tables import cases, history, segments
from credit.domain.cases import Act, Actor, Case, Kind, move, repeats
from credit.domain.periods import LeftOut, Segment
from credit.domain.refusals import Refused
from credit.domain.rules import Rules
from credit.ledger.commands import enter
from credit.people.commands import lock_people

CASE = (
    "id",
    "kind",
    "person_id",
    "period_start",
    "period_end",
    "sender_kind",
    "sender_id",
    "source_name",
    "reference",
    "predikat",
    "hasil_kerja",
    "perilaku",
    "evidence",
    "left_out",
    "record_id",
    "degree",
)
SEGMENT = (
    "case_id",
    "number",
    "jenjang",
    "period_start",
    "period_end",
    "months",
    "percent",
    "base",
    "twelfths",
    "rule_pack",
)
MOVED = columns_of(cases, ("id", "state", "version", "checked_by", "return_reason"))
SAVE_MOVES = text(
    f"""
    WITH moved AS (
        UPDATE cases SET state = given.state, version = given.version, moved_at = :now,
            submitted_by = CASE given.state WHEN 'submitted' THEN :by ELSE cases.submitted_by END,
            submitted_at = CASE given.state WHEN 'submitted' THEN :now ELSE cases.submitted_at END,
            submitters = CASE given.state WHEN 'submitted' THEN cases.submitters || :hands ELSE cases.submitters END,
            checked_by = given.checked_by,
            checkers = CASE given.state WHEN 'checked' THEN :hands WHEN 'attested' THEN cases.checkers END,
            attested_by = CASE given.state WHEN 'attested' THEN :by END,
            returned_by = CASE given.state WHEN 'returned' THEN :by END,
            return_reason = given.return_reason
        FROM {unnest(MOVED)} WHERE cases.id = given.id
        RETURNING cases.id, new.version, old.state AS from_state, new.state AS to_state, given.return_reason AS reason
    )
    INSERT INTO case_history (case_id, version, from_state, to_state, by, at, reason)
    SELECT id, version, from_state, to_state, :by, :now, reason FROM moved
    """  # noqa: S608 - built of names in this code
).bindparams(
    bindparam("by", type_=Text), bindparam("hands", type_=ARRAY(Text)), bindparam("now", type_=DateTime(timezone=True))
)


@dataclass(frozen=True)
class NewCase:
    """A case to open; a conversion names its predikat, sender and source, an education bonus its record and degree."""

    id: UUID
    kind: Kind
    person_id: UUID
    period_start: date
    period_end: date
    segments: Sequence[Segment]
    sender_kind: SenderKind | None = None
    sender_id: str | None = None
    source_name: str | None = None
    reference: str | None = None
    predikat: str | None = None
    hasil_kerja: str | None = None
    perilaku: str | None = None
    evidence: str | None = None
    left_out: Sequence[LeftOut] = ()
    record_id: UUID | None = None
    degree: str | None = None


@dataclass(frozen=True)
class Wanted:
    """A case somebody wants to move on, from a version they have seen."""

    id: UUID
    seen: etag.Versions = None


async def open_cases(session: AsyncSession, new: Sequence[NewCase], actor: Actor, now: datetime) -> set[UUID]:
    """Stores cases as submitted and books their months. Answers which were stored.

    A case whose reference somebody else has taken at this very moment is left out.
    """
    inserted = await insert(
        session,
        cases,
        CASE,
        [tuple(_left_out(case) if name == "left_out" else getattr(case, name) for name in CASE) for case in new],
        "ON CONFLICT (sender_kind, sender_id, source_name, reference) DO NOTHING RETURNING id",
        state="submitted",
        version=1,
        submitted_by=actor.subject,
        submitters=sorted(actor.hands),
        submitted_at=now,
        moved_at=now,
    )
    stored = set(inserted.scalars()) if inserted is not None else set[UUID]()
    if not stored:
        return stored
    kept = [case for case in new if case.id in stored]
    await insert(
        session,
        segments,
        SEGMENT,
        [
            (case.id, number, *(getattr(segment, name) for name in SEGMENT[2:]))
            for case in kept
            for number, segment in enumerate(case.segments, 1)
        ],
    )
    await insert(
        session,
        history,
        ("case_id",),
        [(case.id,) for case in kept],
        version=1,
        to_state="submitted",
        by=actor.subject,
        at=now,
    )
    await _book(session, [case.id for case in kept if case.kind == "conversion"])
    return stored


async def check(session: AsyncSession, wanted: Sequence[Wanted], actor: Actor, now: datetime) -> list[Answer]:
    """Says that the papers of cases are in order."""
    answers, moved = await _decide(session, wanted, "check", actor)
    await save_moves(session, moved, actor, now)
    return answers


async def attest(
    session: AsyncSession, wanted: Sequence[Wanted], actor: Actor, book: RuleBook[Rules], now: datetime
) -> list[Answer]:
    """Attests cases that somebody else has checked: their points enter the ledger."""
    answers, moved = await _decide(session, wanted, "attest", actor)
    await save_moves(session, moved, actor, now)
    await enter(session, [case.id for case in moved], book, now)
    return answers


async def send_back(session: AsyncSession, wanted: Wanted, actor: Actor, reason: str, now: datetime) -> Answer:
    """Returns a case for repair and frees its months."""
    answers, moved = await _decide(session, [wanted], "return", actor)
    await save_moves(session, moved, actor, now, {case.id: reason for case in moved})
    await session.execute(
        text(
            "DELETE FROM booked_months USING cases WHERE cases.id = ANY(CAST(:ids AS uuid[]))"
            " AND booked_months.case_id = cases.id AND booked_months.person_id = cases.person_id"
        ),
        {"ids": [case.id for case in moved]},
    )
    return answers[0]


async def resubmit(session: AsyncSession, wanted: Wanted, actor: Actor, now: datetime) -> Answer:
    """Submits a returned case again, as it was, unless what it claims has been taken or has gone meanwhile."""
    answers, moved = await _decide(session, [wanted], "resubmit", actor)
    for case in moved:
        obstacle = await session.scalar(OBSTACLES[case.kind], {"id": case.id})
        if obstacle:
            return Problem(obstacle)
    await save_moves(session, moved, actor, now)
    await _book(session, [case.id for case in moved if case.kind == "conversion"])
    return answers[0]


def case_of(row: Any) -> Case:
    """A row of `cases` as the domain sees it."""
    moved_by = {
        "submitted": row.submitted_by,
        "checked": row.checked_by,
        "attested": row.attested_by,
        "returned": row.returned_by,
    }[row.state]
    return Case(
        row.id,
        row.person_id,
        row.kind,
        row.state,
        row.version,
        moved_by,
        frozenset(row.submitters),
        row.checked_by,
        frozenset(row.checkers or ()),
    )


async def save_moves(
    session: AsyncSession,
    moved: Sequence[Case],
    actor: Actor,
    now: datetime,
    reasons: Mapping[UUID, str] | None = None,
) -> None:
    """Stores locked cases after their moves, with a line of history each."""
    if not moved:
        return
    rows = [(case.id, case.state, case.version, case.checked_by, (reasons or {}).get(case.id)) for case in moved]
    await session.execute(
        SAVE_MOVES, lists(MOVED, rows) | {"by": actor.subject, "hands": sorted(actor.hands), "now": now}
    )


async def _decide(
    session: AsyncSession, wanted: Sequence[Wanted], act: Act, actor: Actor
) -> tuple[list[Answer], list[Case]]:
    """Locks the cases within the actor's reach and decides about each in turn.

    Answers `updated`, `unchanged` for an act the same person repeats, or why not.
    """
    found = await _locked(session, [item.id for item in wanted], actor.agency)
    moved: dict[UUID, Case] = {}
    answers: list[Answer] = []
    for item in wanted:
        case = moved.get(item.id) or found.get(item.id)
        if case is None:
            answers.append(Problem("not-found", field="id"))
        elif repeats(case, act, actor.subject) and etag.suits(item.seen, case.version - 1):
            answers.append(Done("unchanged", case.id))
        elif not etag.suits(item.seen, case.version):
            answers.append(Problem("changed-meanwhile", field="version"))
        else:
            try:
                moved[case.id] = move(case, act, actor)
                answers.append(Done("updated", case.id))
            except Refused as refused:
                answers.append(Problem(refused.code, field=refused.field, state=case.state))
    return answers, list(moved.values())


async def _locked(session: AsyncSession, ids: Sequence[UUID], agency: UUID | None) -> dict[UUID, Case]:
    owners = await session.scalars(select(cases.c.person_id).where(one_of(cases.c.id, ids)).distinct())
    people = await lock_people(session, owners.all(), agency)
    rows = await session.execute(
        select(cases)
        .where(one_of(cases.c.id, ids), one_of(cases.c.person_id, people))
        .order_by(cases.c.id)
        .with_for_update()
    )
    return {row.id: case_of(row) for row in rows}


async def _book(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Books the months of conversions for them; the primary key refuses a month somebody else has booked."""
    if not ids:
        return
    await session.execute(
        text(
            """
            INSERT INTO booked_months (person_id, month, case_id)
            SELECT cases.person_id, generate_series(segments.period_start, segments.period_end, interval '1 month'), cases.id
            FROM cases JOIN segments ON segments.case_id = cases.id
            WHERE cases.id = ANY(CAST(:ids AS uuid[]))
            """
        ),
        {"ids": list(ids)},
    )


def _left_out(case: NewCase) -> str:
    return json.dumps(
        [
            {
                "month": out.month.isoformat(),
                "why": out.why,
                "source": out.source,
                "case_id": str(out.case_id) if out.case_id else None,
            }
            for out in case.left_out
        ]
    )


OBSTACLES: dict[Kind, TextClause] = {
    "conversion": text(
        """
        SELECT 'months-already-booked' FROM cases
        JOIN segments ON segments.case_id = cases.id
        JOIN booked_months ON booked_months.person_id = cases.person_id
            AND booked_months.month BETWEEN segments.period_start AND segments.period_end
        WHERE cases.id = :id LIMIT 1
        """
    ),
    "education": text(
        """
        SELECT CASE
            WHEN evidence.reason_code = 'degree-already-claimed' THEN 'degree-already-claimed'
            WHEN (evidence.case_id, evidence.outcome) IS DISTINCT FROM (cases.id, 'education-case') THEN 'record-gone'
        END
        FROM cases LEFT JOIN evidence ON evidence.record_id = cases.record_id WHERE cases.id = :id
        """
    ),
}
