"""What every change has in common: who makes it, how a broken rule is answered, and the audit row it leaves."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from common.clock import Clock
from common.store.sets import Row
from common.web.auth import Principal, allow
from common.web.parts import UsedClock, UsedNipKey
from registry.domain.agency import Agency, Unit
from registry.domain.person import Person


@dataclass(frozen=True)
class Writing:
    """Who makes a change and when, and the key of NIP hashes."""

    principal: Principal
    now: datetime
    today: date
    nip_key: str

    @classmethod
    def at(cls, clock: Clock, principal: Principal, nip_key: str) -> "Writing":
        return cls(principal, clock.now(), clock.today(), nip_key)

    def may_touch(self, agency: UUID) -> bool:
        """Whether a thing of that agency is the caller's to change."""
        return self.principal.agency_scope in (None, agency)


def writing_by(*roles: str) -> Callable[..., Awaitable[Writing]]:
    """A dependency that lets through callers with at least one of `roles` and gives the Writing."""

    async def writing(
        principal: Annotated[Principal, Depends(allow(*roles))], clock: UsedClock, nip_key: UsedNipKey
    ) -> Writing:
        return Writing.at(clock, principal, nip_key)

    return writing


Changed = Agency | Unit | Person


@cache
def _parts(kind: type[Changed]) -> list[str]:
    return [field.name for field in fields(kind) if field.name not in {"id", "version", "former_nips"}]


def audit_row(before: Changed | None, after: Changed, writing: Writing) -> Row:
    """Who changed which parts of a thing, and when. A new thing has all its parts changed."""
    parts = [part for part in _parts(type(after)) if before is None or getattr(before, part) != getattr(after, part)]
    return {
        "subject_id": after.id,
        "version": after.version,
        "parts": " ".join(parts),
        "recorded_by": writing.principal.subject,
        "recorded_at": writing.now,
    }
