"""One trial: a new world on the stack, clients and faults for some seconds, then rest, then the books."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from time import monotonic
from typing import Any

from chaos.arena import Arena
from chaos.books import at_rest, audit
from chaos.clients import Client, History, clients_of, insist_command, make_agency
from chaos.faults import FAULTS, Fault, break_things
from jejak_local.books import Finding
from jejak_local.processes import LocalError

AGENCIES = 2
REST_SECONDS = 180
"""Far more than a machine with nothing else to do needs: a trial judges what is stored, not how fast."""


@dataclass(frozen=True)
class Outcome:
    """What a trial came to; `to_rest` is the seconds from the last fault until nothing was on its way."""

    seed: int
    seconds: float
    faults: int
    completions: int
    attested: int
    to_rest: float
    findings: Sequence[Finding]
    counted: Counter[str]

    @property
    def broken(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.ok]

    def as_json(self) -> dict[str, Any]:
        return {
            **{name: value for name, value in vars(self).items() if name != "findings"},
            "broken": {finding.holds: finding.figures for finding in self.broken},
        }


async def trial(arena: Arena, seed: int, histories: list[History], faults: Mapping[Fault, int] = FAULTS) -> Outcome:
    """Runs the trial of a seed; `histories` are those of the trials before on this stack, and grow by this one.

    The seed decides what clients and faults choose, not how fast they come to it: the same seed twice is much the
    same trial, not the same run.
    """
    begun = arena.begun = monotonic()
    arena.counted.clear()
    history = History(f"chaos-{seed}")
    histories.append(history)
    over, calm = asyncio.Event(), asyncio.Event()
    maker = Client(arena, history, Random(f"{seed}/maker"), over)
    for number in range(AGENCIES):
        await make_agency(maker, f"C{seed}-{number}")
    clients = {
        f"{name} {number}": asyncio.create_task(
            work(Client(arena, history, Random(f"{seed}/{name}/{number}"), over, number))
        )
        for name, (count, work) in clients_of(arena.scale).items()
        for number in range(count)
    }
    lanes = [
        asyncio.create_task(break_things(arena, Random(f"{seed}/faults/{number}"), calm, faults))
        for number in range(arena.scale.lanes)
    ]
    await asyncio.wait([*clients.values(), *lanes], timeout=arena.scale.seconds, return_when=asyncio.FIRST_EXCEPTION)
    calm.set()
    await asyncio.gather(*lanes)
    over.set()
    healed = monotonic()
    arena.note("the last fault is over")
    await _finish(arena, clients)
    arena.note("every client has its last answer")
    await _sweep_to_the_end(arena, maker)
    try:
        await at_rest(arena, seconds=REST_SECONDS)
    except TimeoutError:
        arena.wrong.append(f"not at rest {REST_SECONDS} s after the last fault")
    to_rest = monotonic() - healed
    arena.note("at rest")
    findings = await audit(arena, histories)
    arena.note("books checked")
    return Outcome(
        seed,
        monotonic() - begun,
        arena.counted["faults"],
        len(history.records),
        sum(case.state == "attested" for case in history.cases.values()),
        to_rest,
        findings,
        Counter(arena.counted),
    )


async def _finish(arena: Arena, clients: dict[str, "asyncio.Task[None]"]) -> None:
    """Lets every client have its last answer, and every process come back."""
    for name, task in clients.items():
        task.add_done_callback(lambda _, name=name: arena.note(f"{name} has its last answer"))
    _, late = await asyncio.wait(clients.values(), timeout=REST_SECONDS)
    for name, task in clients.items():
        if task in late:
            task.cancel()
            arena.wrong.append(f"{name} was not answered within {REST_SECONDS} s after the last fault")
    for name, ended in zip(clients, await asyncio.gather(*clients.values(), return_exceptions=True), strict=True):
        if isinstance(ended, Exception):
            ended.add_note(f"in the client {name}")
            raise ended
    for process in arena.stack.processes.values():
        try:
            await process.ready(within=REST_SECONDS)
        except LocalError as error:
            arena.wrong.append(f"{process.name} is not ready: {str(error).splitlines()[0]}")


async def _sweep_to_the_end(arena: Arena, client: Client) -> None:
    try:
        async with asyncio.timeout(REST_SECONDS):
            await insist_command(client, "sweep")
    except TimeoutError:
        arena.wrong.append("the sweep did not end")
