"""What must always be true of a service's rows: SQL that finds what breaks it, and the command that runs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

EXAMPLES = 3


@dataclass(frozen=True)
class Invariant:
    """Something that always holds, and the query that finds the rows where it does not."""

    name: str
    query: str
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Finding:
    """How often an invariant is broken, and where for example; see `find_broken`."""

    invariant: str
    broken: int
    examples: list[str]


EVENTS_LEAVE = Invariant(
    "no event waits for longer than a minute",
    "SELECT id, created_at FROM outbox WHERE created_at < clock_timestamp() - interval '1 minute'",
)
"""For a service that emits."""


async def find_broken(session: AsyncSession, invariants: Sequence[Invariant]) -> list[Finding]:
    """The invariants that the rows as they stand break, a statement each."""
    findings: list[Finding] = []
    for invariant in invariants:
        found = await session.execute(
            text(f"SELECT count(*) OVER () AS broken, found.* FROM ({invariant.query}) AS found LIMIT {EXAMPLES}"),  # noqa: S608 - the services' own queries
            invariant.values,
        )
        _, *names = found.keys()
        if rows := found.all():
            findings.append(Finding(invariant.name, rows[0][0], [_example(names, values) for _, *values in rows]))
    return findings


def _example(names: Sequence[str], values: Sequence[Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
