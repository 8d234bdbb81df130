"""Trials: for each seed a new world on the stack, clients and faults for some seconds; then rest, then the books."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Any, NamedTuple

from chaos.arena import Arena, Scale
from chaos.books import at_rest, audit
from chaos.clients import (
    Client,
    History,
    Work,
    cases,
    follow,
    have_told,
    insist_command,
    make_agency,
    mentors,
    registrar,
    singles,
    sweeper,
    uploads,
    watcher,
)
from chaos.desk import desk
from chaos.faults import break_things
from chaos.mentoring import cohort
from chaos.platforms import platform
from chaos.scenes import Scene
from chaos.structure import looker, organiser
from jejak_local.books import Finding
from jejak_local.processes import LocalError

AGENCIES = 2
REST_SECONDS = 120
"""Far more than a machine with nothing else to do needs: a trial judges what is stored, not how fast."""


@dataclass(frozen=True)
class Outcome:
    """What the trials of some seeds came to; `to_rest` is the seconds from the last fault until nothing was on its way."""

    seeds: Sequence[int]
    seconds: float = 0
    faults: int = 0
    completions: int = 0
    attested: int = 0
    to_rest: float = 0
    findings: Sequence[Finding] = ()
    counted: Mapping[str, int] = field(default_factory=dict[str, int])
    error: str = ""
    """A bug of the harness itself, which ended the trials before their books were checked: they count for nothing."""

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

    Their agencies are made before anything breaks: to wait for them later would be most of the time of short trials. One
    has an address told of its people's trainings; each platform has one told of what it reported.
    `histories` are those of the trials before on this stack, and grow by these. A seed decides what clients and faults
    choose, not how fast they come to it: the same seed twice is much the same trial, not the same run.
    Raises ExceptionGroup for what neither clients nor faults expect: a bug of theirs.
    """
    begun = arena.begun = monotonic()
    arena.counted.clear()
    new = [await _world(arena, seed) for seed in seeds]
    await have_told(Client(arena, new[0], Random(0), asyncio.Event()), new[0].agencies[0])
    histories += new
    arena.note("the agencies are made")
    async with asyncio.TaskGroup() as group:
        under_way = [await _trial(arena, group, seed, scene, history) for seed, history in zip(seeds, new, strict=True)]
        await asyncio.gather(*(trial.faults for trial in under_way))
        arena.note("the last fault is over")
        await _all_answered(arena, {name: client for trial in under_way for name, client in trial.clients.items()})
    healed = monotonic()
    arena.note("every client has its last answer")
    await _come_to_rest(arena, Client(arena, histories[-1], Random(0), asyncio.Event()))
    to_rest = monotonic() - healed
    arena.note("at rest")
    findings = await audit(arena, histories)
    arena.note("books checked")
    return Outcome(
        seeds,
        monotonic() - begun,
        arena.counted["faults"],
        sum(len(history.records) for history in new),
        sum(case.state == "attested" for history in new for case in history.cases.values()),
        to_rest,
        findings,
        dict(arena.counted),
    )


async def _world(arena: Arena, seed: int) -> History:
    """The agencies of a trial, which training and credit know."""
    history = History(f"chaos-{seed}")
    maker = Client(arena, history, Random(f"{seed}/maker"), asyncio.Event())
    for number in range(AGENCIES):
        await make_agency(maker, f"C{seed}-{number}")
    return history


class _Trial(NamedTuple):
    """What is under way of a trial whose time is over: clients by name, and the end of its faults."""

    clients: Mapping[str, asyncio.Task[None]]
    faults: asyncio.Task[None]


async def _trial(arena: Arena, group: asyncio.TaskGroup, seed: int, scene: Scene, history: History) -> _Trial:
    """Runs the trial of a seed until its time is over, and leaves in the group what must still come to its end."""
    over, calm = asyncio.Event(), asyncio.Event()
    clients = {
        f"{name} {number} of seed {seed}": group.create_task(
            work(Client(arena, history, Random(f"{seed}/{name}/{number}"), over, number))
        )
        for name, (count, work) in {**clients_of(arena.scale), **scene.work}.items()
        for number in range(count)
    }
    lanes = [
        group.create_task(break_things(arena, Random(f"{seed}/faults/{number}"), calm, scene.faults))
        for number in range(arena.scale.lanes)
    ]
    await asyncio.sleep(arena.scale.seconds)
    calm.set()

    async def wind_down() -> None:
        await asyncio.gather(*lanes)
        arena.note(f"the last fault of seed {seed} is over")
        over.set()

    return _Trial(clients, group.create_task(wind_down()))


async def _all_answered(arena: Arena, clients: Mapping[str, asyncio.Task[None]]) -> None:
    """Waits for the clients' last answers, from when nothing breaks any more: the faults of a later seed hit them too."""
    _, late = await asyncio.wait(clients.values(), timeout=REST_SECONDS)
    for name, client in clients.items():
        if client in late:
            client.cancel()
            arena.wrong.append(f"{name} was not answered within {REST_SECONDS} s after the last fault")


async def _come_to_rest(arena: Arena, client: Client) -> None:
    """Waits for every process to come back, has the closed periods swept, and waits until nothing is on its way."""
    for what, work in {
        "a process is not ready": _all_ready(arena),
        "the sweep did not end": insist_command(client, "training", "sweep"),
        "what mentors have done was not told": insist_command(client, "mentoring", "recognise"),
        "what nobody has answered in time was not held granted": insist_command(client, "credit", "hold-granted"),
        "9 requests cannot be followed to credit by their trace": follow(client),
        "not at rest": at_rest(arena),
    }.items():
        try:
            async with asyncio.timeout(REST_SECONDS):
                await work
        except TimeoutError:
            arena.wrong.append(f"{what} within {REST_SECONDS} s")


async def _all_ready(arena: Arena) -> None:
    for process in arena.stack.processes.values():
        while True:
            try:
                await process.ready()
                break
            except LocalError:  # it has ended, and is started again
                await asyncio.sleep(0.5)


def clients_of(scale: Scale) -> dict[str, tuple[int, Work]]:
    """What clients do, and how many of each there are."""
    return {
        "singles": (scale.singles, singles),
        "uploads": (2, uploads),
        "mentors": (1, mentors),
        "cases": (2, cases),
        "desk": (1, desk),
        "registrar": (1, registrar),
        "organiser": (1, organiser),
        "looker": (1, looker),
        "cohort": (1, cohort),
        "platform": (1, platform),
        "sweeper": (1, sweeper),
        "watcher": (1, watcher),
    }
