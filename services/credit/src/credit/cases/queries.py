"""Reading cases."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.store.sets import one_of
from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from credit.cases.schemas import CaseOut, CaseWithHistoryOut, LeftOutMonthOut, MoveOut, PartOut, SegmentOut, WaitOut
from credit.cases.tables import cases, history, segments
from credit.domain.amounts import shown_ak, total
from credit.domain.books import Regulations
from credit.domain.cases import State
from credit.domain.periods import LeftOut, Segment
from credit.parts.queries import decisions_of
from credit.people import PEOPLE
from credit.queue.tables import queue
from credit.rule_packs.schemas import readings_shown
from credit.texts import explain, say


async def read_case(
    session: AsyncSession, case_id: UUID, caller: Caller[Regulations], language: Language
) -> CaseWithHistoryOut:
    """A case with its history. Raises Refused `not-found` for one outside the caller's reach."""
    row = (await session.execute(_cases(PEOPLE.seen_by(caller)).where(cases.c.id == case_id))).mappings().one_or_none()
    if row is None:
        raise Refused("not-found")
    parts = await _segments(session, [case_id])
    moves = await session.execute(select(history).where(history.c.case_id == case_id).order_by(history.c.version))
    lines = [
        MoveOut(
            version=line.version,
            from_state=line.from_state,
            to_state=line.to_state,
            by=line.by,
            acting_for=line.acting_for,
            at=line.at,
            reason=line.reason and explain(line.reason, language),
            replaced=line.replaced,
            segments=parts[case_id, line.version],
        )
        for line in moves
    ]
    rounds = [line.version for line in lines if line.to_state == "submitted" and line.from_state != "submitted"]
    return CaseWithHistoryOut(
        **_case(row, parts[case_id, row["judged"]], caller.rules, language).__dict__,
        rounds=len(rounds),
        parts=_parts(row, (await decisions_of(session, [case_id]))[case_id], lines, rounds, caller, language),
        history=lines,
    )


def _parts(
    row: RowMapping,
    decided: Mapping[str, Any],
    moves: Sequence[MoveOut],
    rounds: Sequence[int],
    caller: Caller[Regulations],
    language: Language,
) -> list[PartOut]:
    """The parts of a case; whoever checks it finds right what is still open."""
    rules = caller.rules.returns.at(caller.today).tables
    found: list[PartOut] = []
    for part in rules.parts[row["kind"]]:
        decision = decided.get(part)
        stands, by, version = "open", None, None
        if decision and decision.verdict != "open" and (decision.verdict == "right" or decision.version > rounds[-1]):
            stands, version = decision.verdict, decision.version
        elif row["checked_by"]:
            stands, version = (
                "right",
                max(move.version for move in moves if move.to_state == "checked" != move.from_state),
            )
        if version is not None:
            by = moves[version - 1].by
        code = decision and stands != "right" and decision.code
        text_name = rules.text_of(code) if code else None
        found.append(
            PartOut(
                part=part,
                decision=stands,
                code=code or None,
                explanation=say(text_name, language) if text_name else None,
                round=version and sum(begun <= version for begun in rounds),
                by=by,
            )
        )
    return found


async def list_cases(
    session: AsyncSession,
    window: Window,
    caller: Caller[Regulations],
    language: Language,
    state: State | None,
    agency_id: UUID | None,
    person_id: UUID | None,
) -> Page[CaseOut]:
    """Cases in the order they were submitted."""
    asked = _cases(PEOPLE.seen_by(caller))
    if state is not None:
        asked = asked.where(cases.c.state == state)
    if agency_id is not None:
        asked = asked.where(PEOPLE.c.agency_id == agency_id)
    if person_id is not None:
        asked = asked.where(cases.c.person_id == person_id)
    rows = (await session.execute(window.narrow(asked, cases.c.id, BY_ID))).mappings().all()
    parts = await _segments(session, [row["id"] for row in rows])
    views = [_case(row, parts[row["id"], row["judged"]], caller.rules, language) for row in rows]
    return window.page(views, lambda case: [case.id])


def _cases(within: ColumnElement[bool]) -> Select[Any]:
    return (
        select(cases, PEOPLE.c.agency_id, *(queue.c[name] for name in WaitOut.model_fields))
        .join(PEOPLE.table, PEOPLE.c.person_id == cases.c.person_id)
        .outerjoin(queue, queue.c.case_id == cases.c.id)
        .where(within)
    )


async def _segments(session: AsyncSession, case_ids: Sequence[UUID]) -> defaultdict[tuple[UUID, int], list[SegmentOut]]:
    """What cases came to, by case and by the version in which they were judged."""
    rows = await session.execute(
        select(segments).where(one_of(segments.c.case_id, case_ids)).order_by(segments.c.case_id, segments.c.number)
    )
    found: defaultdict[tuple[UUID, int], list[SegmentOut]] = defaultdict(list)
    for row in rows.mappings():
        found[row["case_id"], row["version"]].append(SegmentOut(**row, ak=shown_ak(row["twelfths"])))
    return found


def _case(row: RowMapping, parts: list[SegmentOut], book: Regulations, language: Language) -> CaseOut:
    twelfths = total(part.twelfths for part in parts)
    full_year = (row["period_start"].month, row["period_end"].month) == (1, 12)
    reason = row["return_reason"]
    return CaseOut(
        **{
            **row,
            "return_reason": reason and explain(reason, language),
            "left_out": [
                LeftOutMonthOut(**month, explanation=explain(month["why"], language)) for month in row["left_out"]
            ],
        },
        opening=row["claim"],
        span="once" if row["kind"] != "conversion" else "annual" if full_year else "periodic",
        months=sum(part.months for part in parts),
        ak=shown_ak(twelfths),
        twelfths=twelfths,
        segments=parts,
        waits=WaitOut(**row) if row["since"] else None,
        readings=readings_shown(book.readings_of(row["kind"], {part.rule_pack for part in parts}), language),
    )


def segments_shown(parts: Sequence[Segment]) -> list[SegmentOut]:
    """What a predikat would come to, as a case shows it."""
    return [
        SegmentOut(number=number, ak=shown_ak(part.twelfths), **asdict(part)) for number, part in enumerate(parts, 1)
    ]


def left_out_shown(months: Sequence[LeftOut], language: Language) -> list[LeftOutMonthOut]:
    """Months that earn nothing, as a case shows them: each says why."""
    return [LeftOutMonthOut(explanation=explain(month.why, language), **asdict(month)) for month in months]
