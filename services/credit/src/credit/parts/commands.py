"""Deciding parts with a return, and opening those again that a repair has touched."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.store.sets import insert
from credit.domain.cases import Case
from credit.domain.returns import Fault, ReturnRules, decide_parts
from credit.parts.queries import decisions_of
from credit.parts.tables import part_decisions


async def decide_with_returns(
    session: AsyncSession, returned: Sequence[Case], faults: Mapping[UUID, Sequence[Fault]], rules: ReturnRules
) -> None:
    """Stores what returns decide of the parts of cases, by the faults they name. Raises Refused as `decide_parts`."""
    if not any(faults.values()):
        return
    known = await decisions_of(session, [case.id for case in returned])
    decided: list[tuple[UUID, int, str, str, str | None]] = []
    for case in returned:
        right = {part for part, row in known[case.id].items() if row.verdict == "right"}
        found = decide_parts(rules, case.kind, faults[case.id], right)
        decided += [(case.id, case.version, part, "wrong" if code else "right", code) for part, code in found.items()]
    await insert(session, part_decisions, ("case_id", "version", "part", "verdict", "code"), decided)


async def reopen(session: AsyncSession, touched: Sequence[tuple[UUID, int, str]]) -> None:
    """Opens parts again that a repair has changed: of each the case, its version, and the part."""
    await insert(session, part_decisions, ("case_id", "version", "part"), touched, verdict="open")
