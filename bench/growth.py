"""B4: what a training costs in bulk, the more people and records there already are."""

from collections.abc import Sequence
from statistics import median

from bench import laying
from bench.bulk import one_round
from bench.figures import Figure
from bench.world import World

MOST = 1.3


async def growth(world: World, records: int, rounds: int, people: Sequence[int], stored: Sequence[int]) -> list[Figure]:
    """Cost of a training: how often longer it takes than the raw limit of the same round, beside the first step."""
    figures: list[Figure] = []
    first = [0.0, 0.0]
    for known, laid in [(world.people, 0), *((known, 0) for known in people), *((people[-1], laid) for laid in stored)]:
        if known > world.people:
            await laying.people(world, known)
        if laid:
            await laying.records(world, laid)
        found = [await one_round(world, records, f"grown-{known}-{laid}-{number}") for number in range(rounds)]
        costs = [[each.limit / each.rate for each in found], [each.cpu for each in found]]
        if not figures:
            first = [median(cost) for cost in costs]
        time, cpu = ([value / start for value in cost] for cost, start in zip(costs, first, strict=True))
        what = f"{known:,} people, {laid:,} records"
        figures.append(Figure("B4", f"a training's time, {what}", "x", time, at_most=MOST))
        figures.append(Figure("B4", f"a training's CPU, {what}", "x", cpu))
        print(
            what,
            [round(each.rate) for each in found],
            [round(each.limit) for each in found],
            [round(each.cpu) for each in found],
            flush=True,
        )
    return figures
