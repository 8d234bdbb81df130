"""B10: who is matched with whom, at three sizes: seconds, memory, and what lists of the best may lose."""

import asyncio
import multiprocessing
import random
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from bench.figures import Figure
from bench.world import World
from mentoring.domain.matching.limits import Mentors
from mentoring.domain.matching.pairs import pairs_of, shuffled
from mentoring.domain.matching.runs import Run, listed_of
from mentoring.domain.matching.stable import stable
from mentoring.domain.matching.total import best
from services.mentoring.tests.domain.cases import case

SEATS = 3
SHARE = 0.34
"""Mentors for each mentee: with three seats each, and some of them of no use, about as many seats as mentees."""
MOST_SECONDS = 5
"""M05: the best match of 5,000 mentees, its pairs being known."""
MOST_MIB = 6 * 1024


class _Found(NamedTuple):
    looking: float
    best: float
    stable: float
    mib: float
    left_out: int
    lost_mentees: int
    lost_points: int


async def matching(world: World, matched: list[int]) -> list[Figure]:
    """B10: each size in a process of its own, with people as lopsided as real ones."""
    del world
    figures: list[Figure] = []
    for mentees in matched:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            found = await asyncio.get_running_loop().run_in_executor(pool, _measured, mentees)
        of = f"{mentees:,} mentees"
        figures += [
            Figure(f"{of}: limits and scores of all pairs", "s", [found.looking]),
            Figure(f"{of}: best match", "s", [found.best], at_most=MOST_SECONDS if mentees <= 5_000 else None),
            Figure(f"{of}: stable match", "s", [found.stable]),
            Figure(f"{of}: memory", "MiB", [found.mib], at_most=MOST_MIB),
            Figure(f"{of}: pairs left out by lists of the best", "", [found.left_out]),
            Figure(f"{of}: mentees these lose, at most", "", [found.lost_mentees]),
            Figure(f"{of}: points these lose, at most", "", [found.lost_points]),
        ]
    return figures


def _measured(mentees: int) -> _Found:
    people = shuffled(case(random.Random(1), mentees, int(mentees * SHARE), SEATS), 1)
    mentors, listed = Mentors(people.mentors), listed_of(people)
    began = time.perf_counter()
    pairs = pairs_of(people, mentors, listed)
    looked = time.perf_counter()
    match = best(people, mentors, pairs)
    matched = time.perf_counter()
    stable(people, mentors, pairs)
    ended = time.perf_counter()
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    loss = Run(people, mentors, match, listed, pairs).loss
    return _Found(looked - began, matched - looked, ended - matched, mib, pairs.left_out, *loss)
