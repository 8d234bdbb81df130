"""Settling the ledger when somebody rises in level: what it used and what was lost leave the jenjang.

It follows from all that is known, whatever order news comes in: a decree told late, points attested late and a decree taken back
move it by reversing entries.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import RowMapping, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.sets import one_of
from credit.domain.accumulation import Amount, Rise, accumulate
from credit.domain.books import Regulations
from credit.ledger.booking import Line, book_lines
from credit.ledger.tables import entries
from credit.people import PEOPLE, PROMOTIONS

RISEN = text(
    "SELECT person_id FROM promotions WHERE kind = 'level' AND person_id = ANY(CAST(:ids AS uuid[]))"
    " UNION SELECT person_id FROM entries WHERE rise_on IS NOT NULL AND person_id = ANY(CAST(:ids AS uuid[]))"
)
NONE = Decimal("0.0000")


async def rises_of(session: AsyncSession, person_ids: Sequence[UUID]) -> defaultdict[UUID, list[Rise]]:
    """The promotions that the registry has of these people, by person."""
    found: defaultdict[UUID, list[Rise]] = defaultdict(list)
    for row in await session.execute(select(PROMOTIONS).where(one_of(PROMOTIONS.c.person_id, person_ids))):
        found[row.person_id].append(
            Rise(row.kind, row.valid_from, row.jenjang_before, row.golongan_before, row.jenjang, row.golongan)
        )
    return found


def earned(rows: Sequence[RowMapping]) -> list[Amount]:
    """What entries of cases give, without what rises took away."""
    return [Amount(row["jenjang"], row["period_start"], row["twelfths"]) for row in rows if row["rise_on"] is None]


async def settle_rises(session: AsyncSession, person_ids: Sequence[UUID], book: Regulations, now: datetime) -> None:
    """Books what rises in level of these people used and lost, where the ledger does not say so yet. The caller holds them."""
    risen = sorted(await session.scalars(RISEN, {"ids": list(person_ids)}))
    if not risen:
        return
    rises = await rises_of(session, risen)
    held: defaultdict[UUID, list[RowMapping]] = defaultdict(list)
    found = await session.execute(
        select(entries, PEOPLE.c.agency_id.label("serves_in"))
        .join(PEOPLE.table, PEOPLE.c.person_id == entries.c.person_id)
        .where(one_of(entries.c.person_id, risen))
        .order_by(entries.c.person_id, entries.c.number)
    )
    for row in found.mappings():
        held[row["person_id"]].append(row)
    lines = [line for person_id in risen for line in _missing(held[person_id], rises[person_id], book)]
    await book_lines(session, lines, book, now)


def _missing(rows: Sequence[RowMapping], rises: Sequence[Rise], book: Regulations) -> list[Line]:
    """The entries that bring the ledger of a person in line with their rises: reversals first, then what holds now."""
    if not rows:
        return []
    wanted = {
        (settlement.rise.valid_from, settlement.jenjang, kind): (-amount, settlement)
        for settlement in accumulate(book, rises, earned(rows))
        if settlement.rise.kind == "level"
        for kind, amount in (("level-used", settlement.done.used), ("level-lost", settlement.done.lost))
        if amount
    }
    whose = rows[0]["person_id"], rows[0]["serves_in"]
    undone = {row["reverses"] for row in rows}
    lines: list[Line] = []
    for row in rows:
        if row["rise_on"] is None or row["reverses"] or row["id"] in undone:
            continue
        key = row["rise_on"], row["jenjang"], row["kind"]
        if key in wanted and wanted[key][0] == row["twelfths"]:
            del wanted[key]
        else:
            said = row["jenjang"], row["rise_on"], row["base"], -row["twelfths"], row["rule_pack"], row["id"]
            lines.append(Line(*whose, "reversal", *said))
    for (day, jenjang, kind), (twelfths, settlement) in wanted.items():
        lines.append(Line(*whose, kind, jenjang, day, settlement.need or NONE, twelfths, settlement.rule_pack))
    return lines
