"""Reading the ledger."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.texts import Language
from contracts.callers import Caller
from credit.domain.amounts import MONTHS, shown_ak
from credit.domain.books import Regulations
from credit.ledger.schemas import BalanceOut, CreditOut, EntryOut, RuleOut
from credit.ledger.tables import balances, entries
from credit.people import PEOPLE
from credit.rule_packs.schemas import readings_shown


async def read_credit(
    session: AsyncSession,
    person_id: UUID,
    caller: Caller[Regulations],
    language: Language,
) -> CreditOut:
    """A person's balances and entries. Raises Refused `not-found` for somebody outside the caller's reach."""
    person = (
        await session.execute(
            select(PEOPLE.c.person_id, PEOPLE.c.jenjang, PEOPLE.c.golongan).where(
                PEOPLE.c.person_id == person_id, PEOPLE.seen_by(caller)
            )
        )
    ).one_or_none()
    if person is None:
        raise Refused("not-found")
    held = select(balances).where(balances.c.person_id == person_id).order_by(balances.c.jenjang)
    sums = (await session.execute(held)).all()
    rows = await session.execute(select(entries).where(entries.c.person_id == person_id).order_by(entries.c.id))
    now = next((row.twelfths for row in sums if row.jenjang == person.jenjang), Decimal("0.0000"))
    return CreditOut(
        person_id=person.person_id,
        jenjang=person.jenjang,
        golongan=person.golongan,
        balance=shown_ak(now),
        balance_twelfths=now,
        balances=[
            BalanceOut(jenjang=row.jenjang, ak=shown_ak(row.twelfths), twelfths=row.twelfths, entries=row.entries)
            for row in sums
        ],
        entries=[_entry(row, caller.rules, language) for row in rows.mappings()],
        rule=_rule(caller.rules, person.jenjang, caller.today),
    )


def _entry(row: RowMapping, book: Regulations, language: Language) -> EntryOut:
    readings = book.readings_of(row["kind"], [row["rule_pack"]])
    return EntryOut(
        **row,
        ak=shown_ak(row["twelfths"]),
        formula=_formula(row),
        readings=readings_shown(readings, language),
    )


def _formula(row: Any) -> str:
    share = f"{row['months']}/{MONTHS} x " if row["months"] else ""
    return f"{share}{row['percent']}% x {row['base'].normalize():f}"


def _rule(book: Regulations, jenjang: str | None, today: date) -> RuleOut:
    pack = book.at(today)
    level = pack.tables.jenjang.get(jenjang or "")
    return RuleOut(
        pack=pack.id,
        source=pack.source,
        coefficient=level and level.coefficient,
        kp_need=level and level.kp_need,
        kj_need=level and level.kj_need,
    )
