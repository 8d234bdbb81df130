"""The command `check` of every service: what must always be true of its rows, and whether it is."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence

from common.clock import Clock
from common.service import Command
from common.store.database import Database
from common.store.invariants import Finding, Invariant, find_broken
from common.texts import KIT


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
        found = broken.get(name)
        state = KIT.tell_count("check.broken", found.broken) if found else KIT.tell("check.holds")
        lines.append(f"{name:<{width}}  {state}")
        lines += ["  " + KIT.tell("check.example", row=row) for row in (found.examples if found else ())]
    if broken:
        lines.append(KIT.tell_count("check.some-broken", len(broken), all=len(names)))
        lines.append(KIT.tell("check.mend"))
    else:
        lines.append(KIT.tell("check.balanced"))
    return "\n".join([*lines, ""])
