"""Deciding parts with a return, and opening those again that a repair has touched."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.store.sets import insert
from credit.domain.cases import Case
from credit.domain.returns import Fault, ReturnRules, decide_parts
from credit.parts.queries import decisions_of
from credit.parts.tables import part_decisions


async def decide_with_return(session: AsyncSession, case: Case, faults: Sequence[Fault], rules: ReturnRules) -> None:
    """Stores what a return decides of the parts of a case. Raises Refused as `decide_parts`."""
    known = await decisions_of(session, case.id)
    right = {part for part, row in known.items() if row.verdict == "right"}
    decided = decide_parts(rules, case.kind, faults, right)
    await insert(
        session,
        part_decisions,
        ("case_id", "version", "part", "verdict", "code"),
        [(case.id, case.version, part, "wrong" if code else "right", code) for part, code in decided.items()],
    )


async def reopen(session: AsyncSession, touched: Sequence[tuple[UUID, int, str]]) -> None:
    """Opens parts again that a repair has changed: of each the case, its version, and the part."""
    await insert(session, part_decisions, ("case_id", "version", "part"), touched, verdict="open")
