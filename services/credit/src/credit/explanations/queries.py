"""Reading where numbers come from."""

from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import derived_id
from common.refused import Refused
from common.texts import Language
from contracts.callers import Caller
from credit.cases.queries import read_case
from credit.domain.amounts import shown_ak, total
from credit.domain.books import Regulations
from credit.domain.periods import months_since
from credit.evidence.queries import read_evidence
from credit.explanations.schemas import AddendOut, ExplainedOut, TotalOut, TotalsOut
from credit.ledger.queries import entries_of, entry_shown, formula_of, seen_person
from credit.ledger.tables import entries
from credit.texts import in_words


async def explain_entry(
    session: AsyncSession, person_id: UUID, entry_id: UUID, caller: Caller[Regulations], language: Language
) -> ExplainedOut:
    """Where an entry comes from. Raises Refused `not-found`."""
    await seen_person(session, person_id, caller)
    row = (await session.execute(entries_of(person_id).where(entries.c.id == entry_id))).mappings().one_or_none()
    if row is None:
        raise Refused("not-found")
    case = await read_case(session, row["case_id"], caller, language) if row["case_id"] else None
    record = await read_evidence(session, case.record_id, caller, language) if case and case.record_id else None
    pack = caller.rules.by_id[row["rule_pack"]]
    basis = _basis(pack.tables, row)
    told = _event_of(row["kind"], row["case_id"])
    return ExplainedOut(
        entry=entry_shown(row, caller.rules, language),
        months=months_since(row["period_start"], row["period_end"]) if row["months"] else [],
        pack_title=in_words(pack.title, language),
        status=basis.status if basis else None,
        sources=[pack.tables.sources[source] for source in (basis.sources if basis else ())],
        case=case,
        record=record,
        reversed_by=await session.scalar(select(entries.c.id).where(entries.c.reverses == entry_id)),
        event_type=told,
        event_id=derived_id(told, entry_id),
        chain=row["chain"].hex(),
    )


async def explain_totals(session: AsyncSession, person_id: UUID, caller: Caller[Regulations]) -> TotalsOut:
    """What a person's totals add up from. Raises Refused `not-found`."""
    await seen_person(session, person_id, caller)
    rows = (await session.execute(entries_of(person_id))).mappings().all()
    totals: list[TotalOut] = []
    for jenjang in sorted({row["jenjang"] for row in rows}):
        addends: list[AddendOut] = []
        running = total(())
        for row in rows:
            if row["jenjang"] == jenjang:
                running = total((running, row["twelfths"]))
                addends.append(AddendOut(**row, entry_id=row["id"], formula=formula_of(row), running=running))
        totals.append(TotalOut(jenjang=jenjang, ak=shown_ak(running), twelfths=running, addends=addends))
    return TotalsOut(person_id=person_id, totals=totals)


def _event_of(kind: str, case_id: UUID | None) -> str:
    """The event that told an entry."""
    if kind in {"conversion", "education"}:
        return "CreditVerified"
    return "CreditReversed" if kind == "reversal" and case_id else "CreditBooked"


def _basis(tables: Any, row: RowMapping) -> Any:
    """The row of the rules that an entry rests on, with its status and sources."""
    if row["kind"] == "education":
        return tables.education
    if row["kind"] == "conversion":
        return tables.jenjang[row["jenjang"]]
    return tables.surplus if row["rise_on"] else None
