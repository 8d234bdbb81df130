"""Trials: for each seed a new world on the stack, clients and faults for some seconds; then rest, then the books."""

import asyncio
import re
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from random import Random
from time import monotonic
from typing import Any

from chaos.arena import Arena
from chaos.books import at_rest, audit
from chaos.clients import Client, History, clients_of, follow, insist_command, make_agency
from chaos.faults import break_things
from chaos.scenes import Scene
from jejak_local.books import Finding
from jejak_local.processes import LocalError

AGENCIES = 2
REST_SECONDS = 120
"""Far more than a machine with nothing else to do needs: a trial judges what is stored, not how fast."""


@dataclass(frozen=True)
class Outcome:
    """What the trials of some seeds came to; `to_rest` is the seconds from the last fault until nothing was on its way."""

    seeds: Sequence[int]
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

    @property
    def suspects(self) -> list[int]:
        """The seeds whose references the broken books name; all, when they name none."""
        named = {int(seed) for finding in self.broken for seed in re.findall(r"chaos-(\d+)", finding.figures)}
        return sorted(named & {*self.seeds}) or list(self.seeds)

    def as_json(self) -> dict[str, Any]:
        return {
            **{name: value for name, value in vars(self).items() if name != "findings"},
            "seeds": list(self.seeds),
            "broken": {finding.holds: finding.figures for finding in self.broken},
        }


async def trials(arena: Arena, seeds: Sequence[int], scene: Scene, histories: list[History]) -> Outcome:
    """Runs the trials of some seeds, each while the one before winds down, and then checks the books of all.

    `histories` are those of the trials before on this stack, and grow by these. A seed decides what clients and faults
    choose, not how fast they come to it: the same seed twice is much the same trial, not the same run.
    """
    begun = arena.begun = monotonic()
    arena.counted.clear()
    known = len(histories)
    endings = [asyncio.create_task(await _trial(arena, seed, scene, histories)) for seed in seeds]
    await asyncio.gather(*endings)
    healed = monotonic()
    arena.note("every client has its last answer")
    await _come_to_rest(arena, Client(arena, histories[-1], Random(0), asyncio.Event()))
    to_rest = monotonic() - healed
    arena.note("at rest")
    findings = await audit(arena, histories)
    arena.note("books checked")
    new = histories[known:]
    return Outcome(
        seeds,
        monotonic() - begun,
        arena.counted["faults"],
        sum(len(history.records) for history in new),
        sum(case.state == "attested" for history in new for case in history.cases.values()),
        to_rest,
        findings,
        Counter(arena.counted),
    )


async def _trial(arena: Arena, seed: int, scene: Scene, histories: list[History]) -> Coroutine[Any, Any, None]:
    """Runs the trial of a seed until its time is over, and gives what must still come to its end."""
    history = History(f"chaos-{seed}")
    histories.append(history)
    over, calm = asyncio.Event(), asyncio.Event()
    maker = Client(arena, history, Random(f"{seed}/maker"), over)
    for number in range(AGENCIES):
        await make_agency(maker, f"C{seed}-{number}")
    clients = {
        f"{name} {number} of seed {seed}": asyncio.create_task(
            work(Client(arena, history, Random(f"{seed}/{name}/{number}"), over, number))
        )
        for name, (count, work) in {**clients_of(arena.scale), **scene.work}.items()
        for number in range(count)
    }
    lanes = [
        asyncio.create_task(break_things(arena, Random(f"{seed}/faults/{number}"), calm, scene.faults))
        for number in range(arena.scale.lanes)
    ]
    await asyncio.wait([*clients.values(), *lanes], timeout=arena.scale.seconds, return_when=asyncio.FIRST_EXCEPTION)
    calm.set()

    async def wind_down() -> None:
        await asyncio.gather(*lanes)
        arena.note(f"the last fault of seed {seed} is over")
        over.set()
        await _last_answers(arena, clients)

    return wind_down()


async def _last_answers(arena: Arena, clients: dict[str, "asyncio.Task[None]"]) -> None:
    _, late = await asyncio.wait(clients.values(), timeout=REST_SECONDS)
    for name, task in clients.items():
        if task in late:
            task.cancel()
            arena.wrong.append(f"{name} was not answered within {REST_SECONDS} s after the last fault")
    for name, ended in zip(clients, await asyncio.gather(*clients.values(), return_exceptions=True), strict=True):
        if isinstance(ended, Exception):
            ended.add_note(f"in the client {name}")
            raise ended


async def _come_to_rest(arena: Arena, client: Client) -> None:
    """Waits for every process to come back, has the closed periods swept, and waits until nothing is on its way."""
    for process in arena.stack.processes.values():
        try:
            await process.ready(within=REST_SECONDS)
        except LocalError as error:
            arena.wrong.append(f"{process.name} is not ready: {str(error).splitlines()[0]}")
    for what, work in {
        "the sweep did not end": insist_command(client, "sweep"),
        "9 requests cannot be followed to credit by their trace": follow(client),
        "not at rest": at_rest(arena),
    }.items():
        try:
            async with asyncio.timeout(REST_SECONDS):
                await work
        except TimeoutError:
            arena.wrong.append(f"{what} within {REST_SECONDS} s")
