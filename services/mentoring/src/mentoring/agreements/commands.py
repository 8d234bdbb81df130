"""Proposing and signing agreements."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from contracts.callers import Caller
from mentoring.agreements.queries import version_of, versions
from mentoring.agreements.schemas import AgreementIn
from mentoring.agreements.tables import Agreement
from mentoring.domain.agreements import Goal, check_goals, standing
from mentoring.pairs.reach import held_pair


async def propose(session: AsyncSession, pair_id: UUID, document: AgreementIn, caller: Caller[None]) -> None:
    """Keeps what the caller would agree on, signed by them. What holds goes on holding until the other signs too.

    Raises Refused.
    """
    check_goals([Goal(**goal.model_dump()) for goal in document.goals])
    two = await held_pair(session, pair_id, caller)
    if two.pair.state != "active":
        raise Refused("pair-not-active")
    newest = max((row.version for row in await versions(session, pair_id)), default=0)
    session.add(
        Agreement(
            pair_id=two.pair.id,
            version=newest + 1,
            **document.model_dump(),
            proposed_by=two.side,
            mentee_signed_at=caller.now if two.side == "mentee" else None,
            mentor_signed_at=caller.now if two.side == "mentor" else None,
        )
    )


async def sign(session: AsyncSession, pair_id: UUID, version: int, caller: Caller[None]) -> None:
    """Signs what is proposed; what the caller has signed stays so.

    Raises Refused `not-found`, `pair-not-active`, and `agreement-changed` for another version than the one proposed.
    """
    two = await held_pair(session, pair_id, caller)
    if two.pair.state != "active":
        raise Refused("pair-not-active")
    rows = {row.version: row for row in await versions(session, pair_id)}
    holds, proposed = standing(map(version_of, rows.values()))
    if holds and holds.version == version and proposed is None:
        return
    if proposed is None or proposed.version != version:
        raise Refused("agreement-changed", field="version")
    row = rows[version]
    if two.side == "mentee":
        row.mentee_signed_at = row.mentee_signed_at or caller.now
    else:
        row.mentor_signed_at = row.mentor_signed_at or caller.now
