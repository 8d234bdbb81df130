"""Doing for somebody what they might ask for through the API, since an event says that they did: with their rights."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.parts import Parts
from contracts.callers import Caller, Predecessor
from contracts.events.connectors import Behalf, BehalfKind
from contracts.roles import named
from contracts.service import EXPANDS

ACTS_AS: Mapping[BehalfKind, tuple[str, str]] = {
    "agency": ("agency_hr", "agency"),
    "provider": ("provider", "provider"),
    "person": ("person", "person"),
    "platform": ("service", "connection"),
}
"""The role, and the claim that says whose."""
BEFORE = text(EXPANDS["agency"])


async def caller_of(session: AsyncSession, behalf: Behalf, parts: Parts) -> Caller[Any]:
    """The caller in whose name something was reported."""
    role, claim = ACTS_AS[behalf.kind]
    claims = {claim: behalf.id} | ({"person": behalf.by_person} if behalf.by_person else {})
    before = (await session.execute(BEFORE, {"agency": behalf.id})).all() if claim == "agency" else ()
    return Caller(
        subject=behalf.by,
        named=named(role),
        claims=claims,
        predecessors=frozenset(Predecessor(row.agency_id, row.closed_on, row.heir) for row in before),
        clock=parts.clock,
        rules=parts.rules,
        nip_key=parts.settings.nip_key.get_secret_value(),
    )
