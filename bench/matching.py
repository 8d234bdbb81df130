"""B10: who is matched with whom, at three sizes: seconds, memory, what lists may lose; simple ways beside it; and the reasons."""

import asyncio
import multiprocessing
import random
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import numpy as np

from bench.figures import Figure
from bench.world import World
from jejak_local.baselines import first_come, greedy
from mentoring.domain.matching.changes import smallest_change, why
from mentoring.domain.matching.limits import Mentors
from mentoring.domain.matching.pairs import NOBODY, shuffled
from mentoring.domain.matching.runs import Run, matched
from mentoring.domain.matching.stable import stable
from mentoring.runs.inputs import packed, packed_pairs, unpacked, unpacked_pairs
from services.mentoring.tests.domain.cases import case

SEATS = 3
SHARE = 0.34
"""Mentors for each mentee: with three seats each, and some of them of no use, about as many seats as mentees."""
MOST_MIB = 6 * 1024
EXPLAINED = 6
"""People of each kind who are explained: who has a mentor whom others would have topped, and who has none."""
MOST_TO_EXPLAIN = 2


class _Found(NamedTuple):
    whole: float
    mib: float
    looked_at: int
    matched: int
    lost_mentees: int
    lost_points: int
    shares: dict[str, float]
    """Of the total, by simple way."""
    explained: list[float]


async def matching(world: World, matched: list[int]) -> list[Figure]:
    """B10: each size in a process of its own, with people as lopsided as real ones."""
    del world
    figures: list[Figure] = []
    for mentees in matched:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            found = await asyncio.get_running_loop().run_in_executor(pool, _measured, mentees)
        of = f"{mentees:,} mentees"
        figures += [
            Figure(f"{of}: a run, limits and scores included", "s", [found.whole]),
            Figure(f"{of}: memory", "MiB", [found.mib], at_most=MOST_MIB),
            Figure(f"{of}: pairs matched", "", [found.looked_at]),
            Figure(f"{of}: with a mentor", "", [found.matched]),
            Figure(f"{of}: mentees that lists lose, at most", "", [found.lost_mentees]),
            Figure(f"{of}: points that lists lose, at most", "", [found.lost_points]),
            *(Figure(f"{of}: {way}, of our total", "", [share]) for way, share in found.shares.items()),
        ]
        most = MOST_TO_EXPLAIN if mentees <= 5_000 else None
        figures.append(Figure(f"{of}: a reason, from what is stored", "s", found.explained, at_most=most, worst=True))
    return figures


def _measured(mentees: int) -> _Found:
    people = shuffled(case(random.Random(1), mentees, int(mentees * SHARE), SEATS), 1)
    began = time.perf_counter()
    done = matched(people)
    whole = time.perf_counter() - began
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    came = random.Random(2).sample(range(mentees), mentees)
    simple = {
        "highest score first": greedy(people, done.mentors, done.pairs),
        "first come": first_come(people, done.mentors, done.pairs, came),
        "stable": stable(people, done.mentors, done.pairs),
    }
    lost_mentees, lost_points = done.loss
    return _Found(
        whole,
        mib,
        looked_at=len(done.pairs.mentor),
        matched=int((done.match.mentor != NOBODY).sum()),
        lost_mentees=lost_mentees,
        lost_points=lost_points,
        shares={way: match.total / done.match.total for way, match in simple.items()},
        explained=_explained(done),
    )


def _explained(done: Run) -> list[float]:
    """Seconds to say why, as the service does: from the people as they are kept with the run, and the match alone."""
    kept, pairs = packed(done.case), packed_pairs(done.pairs)
    without = np.flatnonzero(done.match.mentor == NOBODY)[:EXPLAINED].tolist()
    having = np.flatnonzero(done.match.mentor != NOBODY)[:EXPLAINED].tolist()
    taken: list[float] = []
    for number in [*without, *having]:
        began = time.perf_counter()
        people = unpacked(kept)
        looked_at = unpacked_pairs(pairs, len(people.mentees))
        again = Run(people, Mentors(people.mentors), done.match, done.listed, looked_at)
        if why(again, number) is None:
            smallest_change(again, number)
        taken.append(time.perf_counter() - began)
    return taken
