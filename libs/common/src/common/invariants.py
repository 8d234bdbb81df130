"""What must always be true of a service's rows: SQL that finds what breaks it, and the command that runs it."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.database import Database
from common.service import Command

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


def check(
    invariants: Callable[[Clock], Sequence[Invariant]],
) -> tuple[Command, Callable[[argparse.ArgumentParser], None]]:
    """The command `check` of a service: a row for each invariant, exit status 1 when one is broken."""

    def describe(parser: argparse.ArgumentParser) -> None:
        parser.description = "Check what must always be true of the service's data; exits with 1 when it is not."

    async def run(_: argparse.Namespace, database: Database, clock: Clock) -> int:
        held_to = invariants(clock)
        async with database.reading() as session:
            broken = {finding.invariant: finding for finding in await find_broken(session, held_to)}
        sys.stdout.write(_table([invariant.name for invariant in held_to], broken))
        return 1 if broken else 0

    return run, describe


def _table(names: Sequence[str], broken: Mapping[str, Finding]) -> str:
    width = max(map(len, names))
    lines: list[str] = []
    for name in names:
        if name in broken:
            lines.append(f"{name:<{width}}  BROKEN {broken[name].broken:,} times")
            lines += [f"  for example: {row}" for row in broken[name].examples]
        else:
            lines.append(f"{name:<{width}}  holds")
    if broken:
        lines.append(f"{len(broken)} of {len(names)} invariants are broken; nothing was changed.")
        lines.append("Look up the rows named above, mend them through the API, and run this again.")
    else:
        lines.append("The books balance.")
    return "\n".join([*lines, ""])
