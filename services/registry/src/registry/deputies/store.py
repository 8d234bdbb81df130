"""Deputies between the database and the domain, and the event of a change."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.store import sets
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events.registry import DutyDelegated
from registry.audit import audit_row
from registry.deputies.tables import delegations
from registry.domain.deputies import Delegation
from registry.tables import changes

_LINES = text(
    "WITH RECURSIVE line AS ("
    " SELECT * FROM delegations WHERE person_id = ANY(CAST(:ids AS uuid[]))"
    " UNION SELECT d.* FROM line JOIN delegations d ON d.person_id = line.deputy_id AND d.duty = line.duty"
    ") SELECT * FROM line ORDER BY id"
)
_LOCKED = text("SELECT * FROM delegations WHERE id = :id FOR NO KEY UPDATE")
Pair = tuple[Delegation | None, Delegation]
Lines = defaultdict[str, defaultdict[UUID, list[Delegation]]]
"""Who has deputies, by duty and person."""


async def lines(session: AsyncSession, people: Collection[UUID]) -> Lines:
    """The deputies of these people, and theirs. Waits for its turn to name deputies, so that no line comes back to its start."""
    await session.execute(text("LOCK TABLE delegations IN SHARE ROW EXCLUSIVE MODE"))
    found: Lines = defaultdict(lambda: defaultdict(list))
    for row in await session.execute(_LINES, {"ids": list(people)}):
        found[row.duty][row.person_id].append(_delegation(row))
    return found


async def locked(session: AsyncSession, delegation_id: UUID) -> Delegation | None:
    """A delegation, held until the transaction ends."""
    row = (await session.execute(_LOCKED, {"id": delegation_id})).one_or_none()
    return None if row is None else _delegation(row)


async def save(session: AsyncSession, pairs: Sequence[Pair], caller: Caller[None]) -> None:
    """Stores what is new or has changed as the next version, says who did it, and announces it."""
    changed = [(before, replace(after, version=after.version + 1)) for before, after in pairs if before != after]
    await sets.put(session, delegations, [_row(after) for _, after in changed])
    await sets.add(session, changes, [audit_row(before, after, caller) for before, after in changed])
    for _, after in changed:
        emit(session, _event(after), sequence=after.version, time=caller.now)


def _delegation(row: Row[Any]) -> Delegation:
    named = row._asdict()
    return Delegation(**{**named, "named_by": tuple(named["named_by"])})


def _row(delegation: Delegation) -> sets.Row:
    return asdict(delegation) | {"named_by": json.dumps(delegation.named_by)}


def _event(delegation: Delegation) -> DutyDelegated:
    return DutyDelegated(
        delegation_id=delegation.id,
        person_id=delegation.person_id,
        deputy_id=delegation.deputy_id,
        duty=delegation.duty,
        valid_from=delegation.valid_from,
        valid_to=delegation.valid_to,
        named_by=list(delegation.named_by),
    )
