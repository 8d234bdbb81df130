"""B18: the queue of credit at a million open cases: a page of it, narrowed or not, and taking from it."""

import time
from collections.abc import Mapping
from typing import Any

from bench import laying
from bench.bulk import predicate
from bench.figures import Figure
from bench.world import World, parts

PAGE = 100
GOAL = 0.05
"""Seconds of a page."""
TAKEN = 10
"""Cases at once; nobody is given more than 200 in all."""
LARGE = 5
"""Of so many cases one is of one large agency, the others of all others alike."""


async def queue(world: World, queued: int, rounds: int) -> list[Figure]:
    """Pages for the verifiers of an agency with a fifth of all open cases, and for those of a small one.

    The cases are laid: the invariants that hold them to people and months do not hold here.
    """
    line = predicate(next(world.months), world.people)
    [_ async for _ in world.upload("credit", "predicates:batch", parts([line]))]
    large, small = world.agencies[0], world.agencies[-1]
    agencies = ", ".join(f"'{agency}'" for agency in world.agencies[1:])
    others = f"(ARRAY[{agencies}]::uuid[])[n % {len(world.agencies) - 1} + 1]"
    await laying.cases(
        world,
        queued,
        agency_id=f"CASE WHEN n % {LARGE} = 0 THEN '{large}'::uuid ELSE {others} END",
        wanted_by="t.wanted_by + (n::bigint * 7919 % 400)::int",
        due_on="t.due_on - (n::bigint * 104729 % 400)::int",
        jenjang="CASE n % 50 WHEN 0 THEN 'ahli_madya' ELSE t.jenjang END",
    )
    middle = (await _page(world, large, {"limit": 1000}))[0]["next"]
    figures: list[Figure] = []
    for what, agency, asked in (
        ("a page of a large agency", large, {}),
        ("a page of a small agency", small, {}),
        ("a page further on", large, {"after": middle}),
        ("one jenjang of fifty", large, {"jenjang": "ahli_madya"}),
        ("what is overdue", large, {"overdue": "true"}),
    ):
        seconds: list[float] = []
        for _ in range(rounds * 5):
            page, took = await _page(world, agency, {"limit": PAGE} | asked)
            seconds.append(took)
            assert page["items"], what
        figures.append(Figure(f"{queued:,} open cases: {what}", "s", seconds, at_most=GOAL))
    taken: list[float] = []
    for _ in range(rounds * 5):
        headers = await world.headers("verifier", large)
        began = time.perf_counter()
        answer = await world.http.post(
            f"{world.stack.url('credit')}/v1/queue:take", json={"most": TAKEN}, headers=headers
        )
        taken.append(time.perf_counter() - began)
        assert len(answer.json()["items"]) == TAKEN, answer.text
    return [*figures, Figure(f"{queued:,} open cases: {TAKEN} are taken", "s", taken)]


async def _page(world: World, agency: str, asked: Mapping[str, Any]) -> tuple[Any, float]:
    """A page, and in how many seconds it came."""
    url, headers = f"{world.stack.url('credit')}/v1/queue", await world.headers("verifier", agency)
    began = time.perf_counter()
    answer = await world.http.get(url, params=asked, headers=headers)
    took = time.perf_counter() - began
    assert answer.status_code == 200, answer.text
    return answer.json(), took
