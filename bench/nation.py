"""B8: a synthetic nation with units, posts and holders goes in by the bulk routes; a large agency is read as of a day."""

import asyncio
import resource
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bench.figures import Figure
from bench.memory import watching
from bench.world import World, parts
from nation.generate import Line, Nation

AGENCY = 8_000
"""People of an agency, on average: 5 million in some 600."""
LARGE = 20_000
READ_SECONDS = 20
LABELS = ("agencies", "units", "posts", "people", "changes", "holdings", "contacts")
PAGE = 1_000
PATIENCE = 7_200
"""Seconds until the last copy has followed."""


async def nation(world: World, loaded: int, rounds: int) -> list[Figure]:
    """Sends a nation of `loaded` people to the registry, upload by upload, until every copy knows it, and then reads."""
    today = datetime.now(ZoneInfo("Asia/Jakarta")).date()
    made = Nation(today=today, year=today.year, people=loaded, agencies=max(1, loaded // AGENCY))
    rates: defaultdict[str, list[float]] = defaultdict(list)
    before = await _counted(world)
    began = time.perf_counter()
    async with watching(world) as course:
        for stream in made.streams():
            if stream.label in LABELS:
                rates[stream.label].append(await _rate(world, stream.path, stream.role, stream.lines()))
        taken = time.perf_counter() - began
        async with asyncio.timeout(PATIENCE):
            while any(now < count + loaded for now, count in zip(await _counted(world), before, strict=True)):
                await asyncio.sleep(0.5)
        known = time.perf_counter() - began
    who = f"{loaded:,} people"
    peaks = {name: max(value for _, value in points) for name, points in course.items()}
    return [
        *(Figure(f"{who}: {label}, an upload's rate", "/s", found) for label, found in rates.items()),
        Figure(f"{who}: until all is stored", "s", [taken]),
        Figure(f"{who}: until training and credit know it", "s", [known]),
        *(Figure(f"{who}: {name}, peak", "MiB", [peak], course=course[name]) for name, peak in sorted(peaks.items())),
        Figure(f"{who}: the nation and its sender, peak", "MiB", [_own_peak()]),
        *await as_of(world, made, rounds),
    ]


async def as_of(world: World, made: Nation, rounds: int) -> list[Figure]:
    """Where all people of the largest agency serve, with units, post and superior, on a day; each page leaves a look."""
    largest = max(made.structures, key=lambda structure: structure.people)
    headers = await world.headers("lan")
    agencies = f"{world.stack.url('registry')}/v1/agencies"
    [agency] = [each["id"] for each in await _all(world, agencies, headers) if each["code"] == largest.agency.code]
    figures: list[Figure] = []
    for name, day in (("today", made.today), ("a year ago", made.today - timedelta(days=365))):
        found: list[float] = []
        for _ in range(rounds):
            began = time.perf_counter()
            places = await _all(world, f"{agencies}/{agency}/places?as_of={day.isoformat()}", headers)
            found.append((time.perf_counter() - began) * LARGE / len(places))
        what = f"{LARGE:,} people of an agency of {largest.people:,}, read as of {name}"
        figures.append(Figure(what, "s", found, at_most=READ_SECONDS))
    return figures


async def _all(world: World, url: str, headers: dict[str, str]) -> list[Line]:
    """All pages of a list."""
    items: list[Line] = []
    query = {"limit": str(PAGE)}
    while True:
        answer = (await world.http.get(url, params=query, headers=headers)).raise_for_status().json()
        items += answer["items"]
        if answer["next"] is None:
            return items
        query["after"] = answer["next"]


async def _rate(world: World, path: str, role: str, lines: Iterable[Line]) -> float:
    """Lines a second, from the first byte to the last answer. None may be refused."""
    began = time.perf_counter()
    sent = 0
    async for answer in world.upload("registry", f"{path}:batch", parts(lines), role=role):
        assert '"refused"' not in answer, answer
        sent += 1
    return sent / (time.perf_counter() - began)


async def _counted(world: World) -> list[int]:
    """How many people training and credit know, and of how many training knows what they hold."""
    people, held = "SELECT count(*) FROM people", "SELECT count(DISTINCT person_id) FROM holdings"
    asked = ((world.training, people), (world.credit, people), (world.training, held))
    return [await connection.fetchval(question) or 0 for connection, question in asked]


def _own_peak() -> float:
    """MiB that this process had at the most: it makes the lines and sends them."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
