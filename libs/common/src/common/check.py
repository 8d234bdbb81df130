"""The command `check` of every service: what must always be true of its rows, and whether it is."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence

from common.clock import Clock
from common.service import Command
from common.store.database import Database
from common.store.invariants import Finding, Invariant, find_broken


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
