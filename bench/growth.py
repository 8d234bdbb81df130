"""B4: what a training costs in bulk when there are more and more people and records."""

from collections.abc import Sequence
from statistics import median

from bench import laying
from bench.bulk import one_round, send
from bench.figures import Figure
from bench.world import World, parts, training

MOST = 1.3


async def growth(world: World, records: int, rounds: int, known: Sequence[int], stored: Sequence[int]) -> list[Figure]:
    """Cost of a training: how often longer it takes than the raw limit of the same round, beside the first step."""
    # The ledgers that are laid are copies of this one's.
    await send(world, list(parts([training(0, world.person(0), source=world.source("first"))])))
    figures: list[Figure] = []
    first: list[float] = []
    for people, laid in [*((people, 0) for people in known), *((known[-1], laid) for laid in stored)]:
        await laying.people(world, people)
        await laying.records(world, laid)
        found = [await one_round(world, records) for _ in range(rounds)]
        costs = [[each.limit / each.rate for each in found], [each.cpu for each in found]]
        first = first or [median(cost) for cost in costs]
        time, cpu = ([value / start for value in cost] for cost, start in zip(costs, first, strict=True))
        what = f"{people:,} people, {laid:,} records laid"
        figures += [
            Figure(f"{what}: a training's time", "x", time, at_most=MOST),
            Figure(f"{what}: a training's CPU", "x", cpu),
            Figure(f"{what}: rate", "/s", [each.rate for each in found]),
            Figure(f"{what}: raw limit", "/s", [each.limit for each in found]),
        ]
    return figures
