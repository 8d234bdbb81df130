"""B16: PAK of many people issued in one upload, and each fetched as a signed PDF, from the first line to the last byte."""

import asyncio
import json
import time
from collections.abc import Sequence

from bench.bulk import decide, predicate
from bench.figures import Figure
from bench.world import World, parts

AT_ONCE = 4
"""Callers who fetch."""
AT_MOST = 60.0
"""Seconds for 1,000."""


async def papers(world: World, issued: int) -> list[Figure]:
    """B16: so many people have points; then each gets a PAK."""
    assert issued <= world.people, "a person has one PAK"
    lines = [predicate(next(world.months), world.people) for _ in range(issued)]
    await decide(world, lines)
    agency, numbers = world.agencies[0], [line["nip"] for line in lines]
    said = {"kind": "determination", "name": "Sari Contoh", "official": "Budi Contoh"}
    body = list(parts(said | {"nip": number} for number in numbers))
    before, began = world.cpu(), time.perf_counter()
    sent = world.upload("credit", "papers:batch", body, role="validator", agency=agency)
    answers = [json.loads(answer) async for answer in sent]
    assert all(answer["status"] == "stored" for answer in answers), "a PAK was not issued"
    numbered = time.perf_counter() - began
    waiting = [(answer["id"], number) for answer, number in zip(answers, numbers, strict=True)]
    headers = await world.headers("lan")
    sizes = await asyncio.gather(*(_fetch(world, waiting[caller::AT_ONCE], headers) for caller in range(AT_ONCE)))
    took, cpu = time.perf_counter() - began, world.cpu() - before
    return [
        Figure(f"issue {issued:,} PAK", "s", [numbered]),
        Figure(f"issue {issued:,} PAK and fetch each as a signed PDF", "s", [took], at_most=AT_MOST * issued / 1_000),
        Figure("CPU of services, PostgreSQL and Kafka", "ms each", [cpu * 1e3 / issued]),
        Figure("a PAK", "kB", [sum(sizes) / issued / 1e3]),
    ]


async def _fetch(world: World, papers: Sequence[tuple[str, str]], headers: dict[str, str]) -> int:
    """Fetches papers one after the other. Returns their bytes."""
    size = 0
    for paper_id, number in papers:
        url = f"{world.stack.url('credit')}/v1/papers/{paper_id}/print"
        answer = await world.http.post(url, json={"nip": number}, headers=headers)
        assert answer.status_code == 200, answer.text
        size += len(answer.content)
    return size
