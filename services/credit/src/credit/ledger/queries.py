"""Reading the ledger."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.texts import Language
from contracts.callers import Caller
from credit.domain.accumulation import Settlement, accumulate
from credit.domain.amounts import MONTHS, shown_ak
from credit.domain.books import Regulations
from credit.ledger.rises import earned, rises_of
from credit.ledger.schemas import (
    BalanceOut,
    CreditOut,
    EntryOut,
    RiseOut,
    RuleOut,
)
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
    person = await seen_person(session, person_id, caller)
    held = select(balances).where(balances.c.person_id == person_id).order_by(balances.c.jenjang)
    sums = (await session.execute(held)).all()
    rows = (await session.execute(entries_of(person_id))).mappings().all()
    rises = (await rises_of(session, [person_id]))[person_id]
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
        entries=[entry_shown(row, caller.rules, language) for row in rows],
        rises=[_rise(each) for each in accumulate(caller.rules, rises, earned(rows))],
        rule=_rule(caller.rules, person.jenjang, caller.today),
    )


async def seen_person(session: AsyncSession, person_id: UUID, caller: Caller[Regulations]) -> Any:
    """Somebody whom the caller may see. Raises Refused `not-found`."""
    asked = select(PEOPLE.c.person_id, PEOPLE.c.jenjang, PEOPLE.c.golongan)
    found = await session.execute(asked.where(PEOPLE.c.person_id == person_id, PEOPLE.seen_by(caller)))
    person = found.one_or_none()
    if person is None:
        raise Refused("not-found")
    return person


def entries_of(person_id: UUID) -> Select[Any]:
    """The entries of a person, in their order."""
    return select(entries).where(entries.c.person_id == person_id).order_by(entries.c.number)


def _rise(settlement: Settlement) -> RiseOut:
    rise, need = settlement.rise, settlement.need
    short = max((need or 0) * MONTHS - settlement.had, Decimal(0))
    return RiseOut(
        kind=rise.kind,
        valid_from=rise.valid_from,
        jenjang=settlement.jenjang,
        golongan_before=rise.golongan_before,
        golongan=rise.golongan,
        ak_before=shown_ak(settlement.had),
        need=need,
        surplus=shown_ak(settlement.done.surplus),
        surplus_is="lost" if rise.kind == "level" else "carried",
        short=shown_ak(short),
        with_the_same_ak=rise.kind == "rank" and need == 0,
        rule_pack=settlement.rule_pack,
    )


def entry_shown(row: RowMapping, book: Regulations, language: Language) -> EntryOut:
    """An entry as it is shown."""
    readings = book.readings_of(row["kind"], [row["rule_pack"]])
    return EntryOut(
        **row,
        ak=shown_ak(row["twelfths"]),
        formula=formula_of(row),
        readings=readings_shown(readings, language),
    )


def formula_of(row: Any) -> str:
    """How the amount of an entry came about, as people write it."""
    if row["rise_on"]:
        return shown_ak(row["twelfths"])
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
