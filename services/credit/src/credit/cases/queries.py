"""Reading cases."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.store.sets import one_of
from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from credit.cases.schemas import CaseOut, CaseWithHistoryOut, LeftOutMonthOut, MoveOut, SegmentOut
from credit.cases.tables import cases, history, segments
from credit.domain.amounts import shown_ak, total
from credit.domain.books import Regulations
from credit.domain.cases import State
from credit.people import PEOPLE
from credit.rule_packs.schemas import readings_shown
from credit.texts import explain


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
    return CaseWithHistoryOut(
        **_case(row, parts[case_id, row["judged"]], caller.rules, language).__dict__, history=lines
    )


async def list_cases(
    session: AsyncSession,
    window: Window,
    caller: Caller[Regulations],
    language: Language,
    state: State | None,
    agency_id: UUID | None,
) -> Page[CaseOut]:
    """Cases in the order they were submitted."""
    asked = _cases(PEOPLE.seen_by(caller))
    if state is not None:
        asked = asked.where(cases.c.state == state)
    if agency_id is not None:
        asked = asked.where(PEOPLE.c.agency_id == agency_id)
    rows = (await session.execute(window.narrow(asked, cases.c.id, BY_ID))).mappings().all()
    parts = await _segments(session, [row["id"] for row in rows])
    views = [_case(row, parts[row["id"], row["judged"]], caller.rules, language) for row in rows]
    return window.page(views, lambda case: [case.id])


def _cases(within: ColumnElement[bool]) -> Select[Any]:
    return select(cases, PEOPLE.c.agency_id).join(PEOPLE.table, PEOPLE.c.person_id == cases.c.person_id).where(within)


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
        readings=readings_shown(book.readings_of(row["kind"], {part.rule_pack for part in parts}), language),
    )
