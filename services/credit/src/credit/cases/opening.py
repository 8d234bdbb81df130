"""Opening cases, one or a thousand at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import new_id
from common.store.sets import insert
from contracts.acting import SenderKind
from contracts.actors import Actor
from contracts.zone import JAKARTA
from credit.cases.tables import cases, history
from credit.cases.writing import add_segments, book_months, content_of, left_out, tell_submitted
from credit.domain.books import Regulations
from credit.domain.cases import Kind
from credit.domain.judging import reversal
from credit.domain.one_step import lot_of
from credit.domain.periods import LeftOut, Segment
from credit.queue import keeping


@dataclass(frozen=True)
class NewCase:
    """A case to open; a conversion names its predikat, sender and source, an education bonus its record and degree, an opening
    balance its paper and, as `claim` (JSON), what that says, a reversal the case that it `reverses`.
    """

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
    performance_result: str | None = None
    performance_outcome: str | None = None
    evidence: str | None = None
    left_out: Sequence[LeftOut] = ()
    record_id: UUID | None = None
    degree: str | None = None
    claim: str | None = None
    paper: str | None = None
    paper_date: date | None = None
    reverses: UUID | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is missing that a checker would ask for: evidence, both ratings, every month."""
        return None not in (self.evidence, self.hasil_kerja, self.perilaku) and not self.left_out


CASE = tuple(field.name for field in fields(NewCase) if field.name != "segments")


async def open_cases(
    session: AsyncSession, new: Sequence[NewCase], actor: Actor, rules: Regulations, now: datetime
) -> set[UUID]:
    """Stores cases as submitted and books their months. Returns the ids of those it has stored.

    One whose reference somebody else has taken at the same moment is not stored.
    """
    policy = rules.one_step.at(now.astimezone(JAKARTA).date()).tables
    inserted = await insert(
        session,
        cases,
        (*CASE, "one_step"),
        [
            (
                *(left_out(case.left_out) if name == "left_out" else getattr(case, name) for name in CASE),
                policy.takes(case.kind, case.source_name, lot_of(case.id), complete=case.complete),
            )
            for case in new
        ],
        "ON CONFLICT (sender_kind, sender_id, source_name, reference) DO NOTHING RETURNING id",
        state="submitted",
        version=1,
        judged=1,
        rejudged=False,
        submitted_by=actor.subject,
        submitters=sorted(actor.hands),
        submitted_at=now,
        moved_at=now,
    )
    stored = set(inserted.scalars()) if inserted is not None else set[UUID]()
    if not stored:
        return stored
    kept = [case for case in new if case.id in stored]
    await add_segments(session, [(case.id, 1, case.segments) for case in kept])
    await insert(
        session,
        history,
        ("case_id",),
        [(case.id,) for case in kept],
        version=1,
        to_state="submitted",
        by=actor.subject,
        hands=sorted(actor.hands),
        at=now,
    )
    await book_months(session, [case.id for case in kept if case.kind != "education"])
    for case in kept:
        tell_submitted(session, case, content_of(case), 1, now)
    await keeping.enter(session, stored, rules, now)
    return stored


def reversal_of(row: Any, given: Sequence[Any]) -> NewCase:
    """The case that takes back what an attested one has `given`."""
    return NewCase(
        id=new_id(),
        kind="reversal",
        person_id=row.person_id,
        period_start=row.period_start,
        period_end=row.period_end,
        segments=reversal(given).segments,
        reverses=row.id,
    )
