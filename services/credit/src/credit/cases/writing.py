"""Storing cases, any number at a time: their moves, what they come to, and the months they have booked.

A case keeps every judgement: its segments belong to the version in which it was judged.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.outbox import emit
from common.store.sets import columns_of, insert, lists, overwrite, unnest
from contracts.actors import SYSTEM, Actor
from contracts.events.credit import CreditReturned, CreditSubmitted, Faulty
from contracts.events.predicates import PREDIKAT
from credit.cases.tables import cases, history, segments
from credit.domain.books import Regulations
from credit.domain.cases import Case
from credit.domain.periods import Converted, LeftOut, Segment
from credit.domain.returns import Fault, touched
from credit.parts.commands import reopen
from credit.queue import keeping

MOVED = {**columns_of(cases, ("id", "state", "version", "checked_by")), **columns_of(history, ("reason",))}
SAVE_MOVES = text(
    f"""
    WITH moved AS (
        UPDATE cases SET state = given.state, version = given.version, moved_at = :now,
            rejudged = false, one_step = cases.one_step AND given.state = 'attested',
            checked_by = given.checked_by,
            checkers = CASE given.state WHEN 'checked' THEN :hands WHEN 'attested' THEN cases.checkers END,
            attested_by = CASE given.state WHEN 'attested' THEN :by END,
            returned_by = CASE given.state WHEN 'returned' THEN :by END,
            return_reason = CASE given.state WHEN 'returned' THEN given.reason END
        FROM {unnest(MOVED)} WHERE cases.id = given.id
        RETURNING cases.id, new.version, old.state AS from_state, new.state AS to_state, given.reason
    )
    INSERT INTO case_history (case_id, version, from_state, to_state, by, acting_for, hands, at, reason)
    SELECT id, version, from_state, to_state, :by, :acting_for, :hands, :now, reason FROM moved
    """  # noqa: S608 - built of names in this code
).bindparams(
    bindparam("by", type_=Text),
    bindparam("acting_for", type_=Uuid),
    bindparam("hands", type_=ARRAY(Text)),
    bindparam("now", type_=DateTime(timezone=True)),
)
CONTENT = (*PREDIKAT, "evidence")
"""What a predikat says, and a repair may change."""
SEGMENT = tuple(field.name for field in fields(Segment))
JUDGED = {
    **columns_of(cases, ("id", "state", "version", "judged", "rejudged", "left_out", *CONTENT)),
    **columns_of(history, ("replaced",)),
}
SAVE_JUDGED = text(
    f"""
    WITH moved AS (
        UPDATE cases SET {overwrite([name for name in JUDGED if name not in {"id", "replaced"}], "given")}, moved_at = :now, one_step = false,
            submitted_by = CASE cases.state WHEN 'returned' THEN :by ELSE cases.submitted_by END,
            submitted_at = CASE cases.state WHEN 'returned' THEN :now ELSE cases.submitted_at END,
            submitters = CASE cases.state WHEN 'returned' THEN cases.submitters || :hands ELSE cases.submitters END,
            returned_by = NULL, return_reason = NULL
        FROM {unnest(JUDGED)} WHERE cases.id = given.id
        RETURNING cases.id, new.version, old.state AS from_state, new.state AS to_state, given.replaced
    )
    INSERT INTO case_history (case_id, version, from_state, to_state, by, hands, at, reason, replaced)
    SELECT id, version, from_state, to_state, :by, :hands, :now, :reason, replaced FROM moved
    """  # noqa: S608 - built of names in this code
).bindparams(
    bindparam("by", type_=Text),
    bindparam("hands", type_=ARRAY(Text)),
    bindparam("reason", type_=Text),
    bindparam("now", type_=DateTime(timezone=True)),
)


@dataclass(frozen=True)
class Judged:
    """A case after its move, what it says and what that comes to; `replaced` is what it said before a repair."""

    case: Case
    content: Mapping[str, Any]
    outcome: Converted
    replaced: Mapping[str, Any] | None = None


def case_of(row: Any, senders: Iterable[str] | None = None) -> Case:
    """A row of `cases` as the domain sees it; `senders` are who had a hand in the record of a degree."""
    moved_by = {
        "submitted": row.submitted_by,
        "checked": row.checked_by,
        "attested": row.attested_by,
        "reversed": row.attested_by,
        "returned": row.returned_by,
    }[row.state]
    return Case(
        id=row.id,
        person_id=row.person_id,
        kind=row.kind,
        state=row.state,
        version=row.version,
        moved_by=moved_by,
        judged=row.judged,
        rejudged=row.rejudged,
        one_step=row.one_step,
        submitters=frozenset(row.submitters),
        checked_by=row.checked_by,
        checkers=frozenset(row.checkers or ()),
        senders=frozenset(senders or ()),
    )


def content_of(said: Any) -> dict[str, Any]:
    """What a stored case, or a line that is sent, says."""
    return {name: getattr(said, name) for name in CONTENT}


def left_out(months: Sequence[LeftOut]) -> str:
    """Months that earn nothing, as they are stored."""
    return json.dumps([asdict(month) for month in months], default=str)


async def save_moves(
    session: AsyncSession,
    moved: Sequence[Case],
    actor: Actor,
    rules: Regulations,
    now: datetime,
    reasons: Mapping[UUID, str] | None = None,
) -> None:
    """Stores locked cases after a move that judged nothing, with a line of history each."""
    if not moved:
        return
    rows = [(case.id, case.state, case.version, case.checked_by, (reasons or {}).get(case.id)) for case in moved]
    by = {"by": actor.subject, "acting_for": actor.acting_for, "hands": sorted(actor.hands), "now": now}
    await session.execute(SAVE_MOVES, lists(MOVED, rows) | by)
    checked = {case.id for case in moved if case.state == "checked"}
    await keeping.pass_on(session, checked, rules, now)
    await keeping.leave(session, {case.id for case in moved} - checked)


async def save_returns(
    session: AsyncSession,
    returned: Sequence[Case],
    actor: Actor,
    rules: Regulations,
    now: datetime,
    reasons: Mapping[UUID, str],
    faults: Mapping[UUID, Sequence[Fault]] | None = None,
) -> None:
    """Stores locked cases that were sent back, frees their months, and tells it."""
    await save_moves(session, returned, actor, rules, now, reasons)
    await free_months(session, [case.id for case in returned])
    for case in returned:
        told = CreditReturned(
            case_id=case.id,
            person_id=case.person_id,
            kind=case.kind,
            by_service=actor == SYSTEM,
            parts=[Faulty(part=fault.part, code=fault.code) for fault in (faults or {}).get(case.id, ())],
        )
        emit(session, told, sequence=case.version, time=now)


def tell_submitted(session: AsyncSession, case: Any, said: Mapping[str, Any], version: int, now: datetime) -> None:
    """Tells that a case waits to be checked, and what it says."""
    period = {name: said[name] for name in ("period_start", "period_end", "predikat")}
    told = CreditSubmitted(case_id=case.id, person_id=case.person_id, kind=case.kind, **period)
    emit(session, told, sequence=version, time=now)


async def save_judged(
    session: AsyncSession,
    judged: Sequence[Judged],
    actor: Actor,
    rules: Regulations,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Stores locked cases after a move that judged them, with their segments, months and a line of history each."""
    if not judged:
        return
    rows = [
        (
            item.case.id,
            item.case.state,
            item.case.version,
            item.case.judged,
            item.case.rejudged,
            left_out(item.outcome.left_out),
            *(item.content[name] for name in CONTENT),
            json.dumps(item.replaced, default=str) if item.replaced else None,
        )
        for item in judged
    ]
    by = {"by": actor.subject, "hands": sorted(actor.hands), "now": now, "reason": reason}
    await session.execute(SAVE_JUDGED, lists(JUDGED, rows) | by)
    await add_segments(session, [(item.case.id, item.case.judged, item.outcome.segments) for item in judged])
    booking = [item.case.id for item in judged if item.case.kind != "education"]
    await free_months(session, booking)
    await book_months(session, booking)
    again = [item for item in judged if not item.case.rejudged]
    await reopen(
        session,
        [
            (item.case.id, item.case.version, part)
            for item in again
            for part in (touched(item.replaced, item.content) if item.replaced else ())
        ],
    )
    for item in again:
        tell_submitted(session, item.case, item.content, item.case.version, now)
    await keeping.enter(session, [item.case.id for item in judged], rules, now)


async def add_segments(session: AsyncSession, judged: Sequence[tuple[UUID, int, Sequence[Segment]]]) -> None:
    """Adds what cases come to: of each its id, the version that was judged, and the segments."""
    await insert(
        session,
        segments,
        ("case_id", "version", "number", *SEGMENT),
        [
            (case_id, version, number, *(getattr(segment, name) for name in SEGMENT))
            for case_id, version, parts in judged
            for number, segment in enumerate(parts, 1)
        ],
    )


async def book_months(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Books the months that conversions count, and those that the PAK of an opening balance has counted.

    The primary key refuses one that another case has booked.
    """
    if not ids:
        return
    await session.execute(
        text(
            """
            INSERT INTO booked_months (person_id, month, case_id)
            SELECT cases.person_id, generate_series(
                CASE cases.kind WHEN 'opening' THEN cases.period_start ELSE segments.period_start END,
                CASE cases.kind WHEN 'opening' THEN cases.period_end ELSE segments.period_end END,
                interval '1 month'
            ), cases.id
            FROM cases JOIN segments ON segments.case_id = cases.id AND segments.version = cases.judged
            WHERE cases.id = ANY(CAST(:ids AS uuid[])) AND (cases.kind = 'conversion' OR cases.claim ->> 'way' = 'balance')
            """
        ),
        {"ids": list(ids)},
    )


async def free_months(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Frees the months that cases have booked."""
    if not ids:
        return
    await session.execute(
        text(
            "DELETE FROM booked_months USING cases WHERE cases.id = ANY(CAST(:ids AS uuid[]))"
            " AND booked_months.case_id = cases.id AND booked_months.person_id = cases.person_id"
        ),
        {"ids": list(ids)},
    )
