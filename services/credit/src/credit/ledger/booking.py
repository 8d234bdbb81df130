"""Adding entries to the ledger, with the balances they make and the events that tell them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import derived_id, new_id
from common.store.outbox import emit
from common.store.sets import insert
from contracts.events.credit import CreditBooked
from credit.domain.amounts import shown_ak
from credit.domain.books import Regulations
from credit.domain.entry import WHOLE
from credit.ledger.tables import balances, entries


@dataclass(frozen=True)
class Line:
    """An entry of no case: what a rise in level used or lost in a jenjang, or the reversal of an earlier entry."""

    person_id: UUID
    agency_id: UUID
    kind: str
    jenjang: str
    rise_on: date
    base: Decimal
    twelfths: Decimal
    rule_pack: str
    reverses: UUID | None = None


async def book_lines(session: AsyncSession, lines: Sequence[Line], book: Regulations, now: datetime) -> None:
    """Adds entries of no case. The caller holds the people."""
    if not lines:
        return
    new = [(new_id(), line) for line in lines]
    await insert(
        session,
        entries,
        ("id", "person_id", "agency_id", "kind", "jenjang", "period_start", "period_end", "rise_on", "base", "twelfths",
         "rule_pack", "source", "reverses"),
        [
            (entry_id, line.person_id, line.agency_id, line.kind, line.jenjang, line.rise_on, line.rise_on, line.rise_on,
             line.base, line.twelfths, line.rule_pack, book.by_id[line.rule_pack].source, line.reverses)
            for entry_id, line in new
        ],
        months=0,
        percent=WHOLE,
        entered_at=now,
    )  # fmt: skip
    balance = await add_to_balances(session, lines)
    for entry_id, line in new:
        place = line.person_id, line.jenjang
        balance[place] += line.twelfths
        told = CreditBooked(
            entry_id=entry_id,
            case_id=None,
            person_id=line.person_id,
            agency_id=line.agency_id,
            kind=line.kind,
            jenjang=line.jenjang,
            day=line.rise_on,
            ak=shown_ak(line.twelfths),
            twelfths=line.twelfths,
            balance_twelfths=balance[place],
            rule_pack=line.rule_pack,
        )
        emit(session, told, sequence=1, event_id=derived_id("CreditBooked", entry_id), time=now)


async def add_to_balances(session: AsyncSession, rows: Sequence[Any]) -> dict[tuple[UUID, str], Decimal]:
    """Adds entries to the balances of their people and jenjang. Returns what these were before."""
    added: defaultdict[tuple[UUID, str], Decimal] = defaultdict(Decimal)
    number: Counter[tuple[UUID, str]] = Counter()
    for row in rows:
        added[row.person_id, row.jenjang] += row.twelfths
        number[row.person_id, row.jenjang] += 1
    after = await insert(
        session,
        balances,
        ("person_id", "jenjang", "twelfths", "entries"),
        [(*place, added[place], number[place]) for place in sorted(added)],
        "ON CONFLICT (person_id, jenjang) DO UPDATE SET twelfths = balances.twelfths + excluded.twelfths,"
        " entries = balances.entries + excluded.entries RETURNING person_id, jenjang, twelfths",
    )
    return {(row.person_id, row.jenjang): row.twelfths - added[row.person_id, row.jenjang] for row in after or ()}
