"""Judging cases anew: when they are submitted again, and when the registry tells news of somebody with open cases."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.store.sets import one_of
from contracts.actors import SYSTEM
from credit.cases.tables import cases, segments
from credit.cases.writing import SEGMENT, Judged, case_of, content_of, left_out, save_judged, save_returns
from credit.domain.books import Regulations
from credit.domain.cases import Case, move
from credit.domain.entry import Opening
from credit.domain.judging import judge, open_balance, reversal
from credit.domain.periods import Converted, Segment, Tenure, months_between, months_since
from credit.people import tenures

OPEN = cases.c.state.in_(["submitted", "checked"])
EMPTIED = cases.c.kind.in_(["conversion", "opening"]) & (cases.c.returned_by == SYSTEM.subject)


async def judge_stored(
    session: AsyncSession, rows: Sequence[Any], book: Regulations
) -> dict[UUID, Converted | Refused]:
    """What cases come to now, by the posts and the booked months of their people, whose locks the caller holds.

    They are judged one after the other: a month that one takes is gone for the next. An open case does not take a month
    that it had left to another case, even if that one has freed it: it stays free for whoever submits again.
    """
    people = sorted({row.person_id for row in rows})
    tenure_of = await tenures(session, people)
    first, last = min(row.period_start for row in rows), max(row.period_end for row in rows)
    booked = await booked_by_person(session, people, first, last)
    taken_back = await present_segments(session, [row.reverses for row in rows if row.reverses])
    found: dict[UUID, Converted | Refused] = {}
    for row in rows:
        if row.reverses:
            found[row.id] = reversal(taken_back[row.reverses])
            continue
        own_id: UUID = row.id
        others = {month: case_id for month, case_id in booked[row.person_id].items() if case_id != own_id}
        left = {} if row.state == "returned" else _left_to_others(row)
        try:
            outcome = (
                judge_opening(row, tenure_of[row.person_id], others, book)
                if row.kind == "opening"
                else judge(
                    book, tenure_of[row.person_id], others | left, row.period_start, row.period_end, row.predikat
                )
            )
        except Refused as refused:
            found[row.id] = refused
            booked[row.person_id] = others
        else:
            found[row.id] = outcome
            own = booked_by(row, outcome)
            booked[row.person_id] = others | dict.fromkeys(own, own_id)
    return found


async def rejudge(session: AsyncSession, people: Sequence[UUID], book: Regulations, now: datetime) -> None:
    """Judges anew the open cases of people of whom the registry has told news. The caller holds the people's locks.

    A case that comes to something else gets a new version. One that comes to nothing is returned, and submitted again as
    soon as it comes to something. (`credit.evidence` does this for degrees.)
    """
    rows = (
        await session.execute(
            select(cases)
            .where(one_of(cases.c.person_id, people), OPEN | EMPTIED)
            .order_by(cases.c.id)
            .with_for_update()
        )
    ).all()
    if not rows:
        return
    present = await present_segments(session, [row.id for row in rows])
    outcomes = await judge_stored(session, rows, book)
    changed: list[Judged] = []
    emptied: list[Case] = []
    for row in rows:
        outcome = outcomes[row.id]
        if row.state == "returned":
            if isinstance(outcome, Converted):
                changed.append(Judged(move(case_of(row), "resubmit", SYSTEM), content_of(row), outcome))
        elif isinstance(outcome, Refused):
            emptied.append(move(case_of(row), "return", SYSTEM))
        elif (list(outcome.segments), json.loads(left_out(outcome.left_out))) != (present[row.id], row.left_out):
            changed.append(Judged(move(case_of(row), "judge", SYSTEM), content_of(row), outcome))
    await save_returns(
        session, emptied, SYSTEM, book, now, dict.fromkeys((case.id for case in emptied), "no-points-left")
    )
    await save_judged(session, changed, SYSTEM, book, now, "registry-changed")


async def booked_by_person(
    session: AsyncSession, people: Sequence[UUID], first: date, last: date
) -> defaultdict[UUID, dict[date, UUID]]:
    """By person, which case has booked each month between two days."""
    rows = await session.execute(
        text(
            "SELECT person_id, month, case_id FROM booked_months"
            " WHERE person_id = ANY(CAST(:ids AS uuid[])) AND month BETWEEN :first AND :last"
        ),
        {"ids": list(people), "first": first, "last": last},
    )
    booked: defaultdict[UUID, dict[date, UUID]] = defaultdict(dict)
    for row in rows:
        booked[row.person_id][row.month] = row.case_id
    return booked


def months_of(parts: Sequence[Segment]) -> list[date]:
    """The months that segments of a conversion count."""
    return [month for part in parts for month in months_between(part.period_start, part.period_end)]


def judge_opening(row: Any, tenure: Tenure, others: Mapping[date, UUID], book: Regulations) -> Converted:
    """What a stored opening balance comes to now. Raises Refused as `open_balance`, and `months-already-booked`."""
    opening = msgspec.convert(row.claim, Opening, strict=False)
    outcome = open_balance(book, tenure, opening, row.paper_date)
    check_free(opening, (row.period_start, row.period_end), others)
    return outcome


def check_free(opening: Opening, period: tuple[date, date], others: Mapping[date, UUID]) -> None:
    """Refuses a PAK that counts a month which another case has booked (`months-already-booked`)."""
    first, last = period
    if opening.way == "balance" and any(first <= month <= last for month in others):
        raise Refused("months-already-booked", "day")


def booked_by(row: Any, outcome: Converted) -> list[date]:
    """The months that a case books with what it comes to."""
    if row.kind == "conversion":
        return months_of(outcome.segments)
    return (
        months_since(row.period_start, row.period_end)
        if row.kind == "opening" and row.claim["way"] == "balance"
        else []
    )


def _left_to_others(row: Any) -> dict[date, UUID]:
    return {date.fromisoformat(out["month"]): UUID(out["case_id"]) for out in row.left_out if out["why"] == "booked"}


async def present_segments(session: AsyncSession, ids: Sequence[UUID]) -> defaultdict[UUID, list[Segment]]:
    """What cases come to, by case."""
    if not ids:
        return defaultdict(list)
    rows = await session.execute(
        select(segments)
        .join(cases, (cases.c.id == segments.c.case_id) & (cases.c.judged == segments.c.version))
        .where(one_of(segments.c.case_id, ids))
        .order_by(segments.c.case_id, segments.c.number)
    )
    present: defaultdict[UUID, list[Segment]] = defaultdict(list)
    for row in rows:
        present[row.case_id].append(Segment(*(getattr(row, name) for name in SEGMENT)))
    return present
