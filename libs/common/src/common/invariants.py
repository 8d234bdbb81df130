"""What must always be true of a service's rows: SQL that finds what breaks it, and a table of what was found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from common.parts import Parts
from common.texts import KIT

EXAMPLES = 3


@dataclass(frozen=True)
class Invariant:
    """Something that always holds, and the query that finds the rows where it does not.

    `values` gives what the query binds, where that depends on the rules or on the day.
    """

    name: str
    query: str
    values: Callable[[Parts], Mapping[str, Any]] = lambda _: {}


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
"""Of every service that emits."""


async def find_broken(parts: Parts, invariants: Sequence[Invariant]) -> list[Finding]:
    """The invariants that the rows as they stand break, a statement each."""
    findings: list[Finding] = []
    async with parts.database.reading() as session:
        for invariant in invariants:
            found = await session.execute(
                text(f"SELECT count(*) OVER () AS broken, found.* FROM ({invariant.query}) AS found LIMIT {EXAMPLES}"),  # noqa: S608 - the services' own queries
                invariant.values(parts),
            )
            _, *names = found.keys()
            if rows := found.all():
                findings.append(Finding(invariant.name, rows[0][0], [_example(names, values) for _, *values in rows]))
    return findings


def _example(names: Sequence[str], values: Sequence[Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))


def table(invariants: Sequence[Invariant], findings: Sequence[Finding]) -> str:
    """A row for each invariant, and what to do."""
    broken = {finding.invariant: finding for finding in findings}
    width = max((len(invariant.name) for invariant in invariants), default=0)
    lines: list[str] = []
    for invariant in invariants:
        found = broken.get(invariant.name)
        state = KIT.tell_count("check.broken", found.broken) if found else KIT.tell("check.holds")
        lines.append(f"{invariant.name:<{width}}  {state}")
        lines += ["  " + KIT.tell("check.example", row=row) for row in (found.examples if found else ())]
    if broken:
        lines.append(KIT.tell_count("check.some-broken", len(broken), all=len(invariants)))
        lines.append(KIT.tell("check.mend"))
    else:
        lines.append(KIT.tell("check.balanced"))
    return "\n".join([*lines, ""])
