"""Entering attested points into the ledger."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import derived_id, new_id
from common.store.outbox import emit
from common.store.sets import insert
from contracts.events.credit import CreditBooked, CreditReversed, CreditVerified
from credit.domain.amounts import shown_ak
from credit.domain.books import Regulations
from credit.ledger.booking import add_to_balances
from credit.ledger.rises import settle_rises
from credit.ledger.tables import entries

ENTRY = (
    "case_id",
    "segment",
    "person_id",
    "agency_id",
    "kind",
    "jenjang",
    "period_start",
    "period_end",
    "months",
    "predikat",
    "percent",
    "base",
    "twelfths",
    "rule_pack",
    "reverses",
)


async def enter(session: AsyncSession, case_ids: Sequence[UUID], book: Regulations, now: datetime) -> None:
    """Adds an entry for every segment of the cases, updates the balances, and announces each entry once.

    The caller holds the locks of the people. An entry is unique by case and segment, and its event
    takes its id from it, so neither can happen twice.
    """
    if not case_ids:
        return
    rows = (
        await session.execute(
            text(
                """
                SELECT cases.id AS case_id, segments.number AS segment, cases.person_id, people.agency_id, cases.kind,
                    segments.jenjang, segments.period_start, segments.period_end, segments.months, cases.predikat,
                    segments.percent, segments.base, segments.twelfths, segments.rule_pack, taken.id AS reverses,
                    cases.reverses AS reversed_case
                FROM cases JOIN segments ON segments.case_id = cases.id AND segments.version = cases.judged
                    JOIN people USING (person_id)
                    LEFT JOIN entries taken ON taken.case_id = cases.reverses AND taken.segment = segments.number
                WHERE cases.id = ANY(CAST(:ids AS uuid[]))
                ORDER BY cases.person_id, segments.jenjang, segments.period_start, cases.id, segments.number
                """
            ),
            {"ids": list(case_ids)},
        )
    ).all()
    new = [(new_id(), row) for row in rows]
    await insert(
        session,
        entries,
        ("id", *ENTRY, "source"),
        [(entry_id, *row[:-1], book.by_id[row.rule_pack].source) for entry_id, row in new],
        entered_at=now,
    )
    balance = await add_to_balances(session, rows)
    for entry_id, row in new:
        place = row.person_id, row.jenjang
        balance[place] += row.twelfths
        told = _announcement(entry_id, row, balance[place])
        emit(session, told, sequence=1, event_id=derived_id(type(told).__name__, entry_id), time=now)
    await settle_rises(session, sorted({row.person_id for row in rows}), book, now)


def _announcement(entry_id: UUID, row: Any, balance: Decimal) -> CreditVerified | CreditBooked | CreditReversed:
    if row.kind == "reversal":
        return CreditReversed(
            entry_id=entry_id,
            reverses=row.reverses,
            case_id=row.case_id,
            reversed_case_id=row.reversed_case,
            person_id=row.person_id,
            agency_id=row.agency_id,
            jenjang=row.jenjang,
            ak=shown_ak(row.twelfths),
            twelfths=row.twelfths,
            balance_twelfths=balance,
            rule_pack=row.rule_pack,
        )
    if row.kind == "opening":
        return CreditBooked(
            entry_id=entry_id,
            case_id=row.case_id,
            person_id=row.person_id,
            agency_id=row.agency_id,
            kind=row.kind,
            jenjang=row.jenjang,
            day=row.period_end,
            ak=shown_ak(row.twelfths),
            twelfths=row.twelfths,
            balance_twelfths=balance,
            rule_pack=row.rule_pack,
        )
    return CreditVerified(
        entry_id=entry_id,
        case_id=row.case_id,
        person_id=row.person_id,
        agency_id=row.agency_id,
        kind=row.kind,
        jenjang=row.jenjang,
        predikat=row.predikat,
        months=row.months,
        period_start=row.period_start,
        period_end=row.period_end,
        ak=shown_ak(row.twelfths),
        twelfths=row.twelfths,
        balance_twelfths=balance,
        rule_pack=row.rule_pack,
    )
