"""B21: pages of the portal with a nation behind them: the time of each, as many as there can be, and on slow 3G."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx2
from playwright.async_api import Page

from bench import laying
from bench.bulk import send
from bench.counts import IN_AGENCY, MOVED, POSTS, kept
from bench.figures import Figure, percentile
from bench.sweep import REACHED
from bench.world import World, parts, training
from jejak_local.browser import chromium
from jejak_local.visitor import Visitor

CARD, TABLE, RATE, FIRST = 0.1, 0.25, 50, 8
"""Goals: seconds of a person's card, and of a table; pages a second; seconds of a main task on slow 3G."""
AT_ONCE = 16
"""Who look at the same time."""
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""As WebPageTest has it: 400 ms to each answer, and 400 kbit/s."""
DECLARED = {"start_date": "2026-03-02", "end_date": "2026-03-02", "title": "Pelatihan teknis", "jp": "8"}


async def pages(world: World, paged: int, looks: int, rounds: int) -> list[Figure]:
    """A card, an agency of 20,000 and the table of LAN, looked at one after the other; cards by many at once; a declaration."""
    await send(world, list(parts([training(0, world.person(0), source=world.source("first"))])))
    await laying.people(world, paged, reached=REACHED)
    await world.training.execute(POSTS, world.registered, paged)
    moved = min(IN_AGENCY, paged // 2)
    for table in ("people", "assignments"):
        await world.training.execute(
            MOVED.format(table=table), world.agencies[0], world.registered, world.registered + moved
        )
    await laying.records(world, paged)
    await world.training.execute("VACUUM ANALYZE")
    await kept(world)
    found = await world.training.fetch("SELECT person_id FROM people ORDER BY person_id DESC LIMIT $1", AT_ONCE)
    people = [str(row["person_id"]) for row in found]
    async with _visitors(world, people) as looking:
        cards = [await _seconds(looking[number % AT_ONCE], "/card", looks // AT_ONCE) for number in range(AT_ONCE)]
        async with _visitors(world, [""]) as [lan], _visitors(world, [""]) as [hr]:
            await lan.log_in("lan")
            await hr.log_in("agency_hr", agency=world.agencies[0])
            agency = await _seconds(hr, f"/agencies/{world.agencies[0]}", looks // 4)
            nation = await _seconds(lan, "/nation", looks // 4)
        rates = [await _rate(looking, looks) for _ in range(rounds)]
    whole = f"{paged:,} people"
    p95 = percentile([each for one in cards for each in one], 0.95)
    return [
        Figure(f"{whole}: p95 of somebody's card", "s", [p95], at_most=CARD),
        Figure(f"{whole}: p95 of an agency of {moved:,}", "s", [percentile(agency, 0.95)], at_most=TABLE),
        Figure(f"{whole}: p95 of LAN's table", "s", [percentile(nation, 0.95)], at_most=TABLE),
        Figure(f"{whole}: cards, {AT_ONCE} people at once", "pages/s", rates, at_least=RATE),
        *await _slowly(world, people[:rounds]),
    ]


@asynccontextmanager
async def _visitors(world: World, people: Sequence[str]) -> AsyncIterator[list[Visitor]]:
    """One for each; whoever is named is logged in as themselves."""
    clients = [httpx2.AsyncClient(base_url=world.stack.url("portal"), timeout=None) for _ in people]
    visitors = [Visitor(client) for client in clients]
    for visitor, person in zip(visitors, people, strict=True):
        if person:
            await visitor.log_in("person", person=person)
    yield visitors
    for client in clients:
        await client.aclose()


async def _seconds(visitor: Visitor, path: str, looks: int) -> list[float]:
    """Of each of so many looks, one after the other, after one that nobody counts."""
    seconds: list[float] = []
    for _ in range(looks + 1):
        began = time.perf_counter()
        page = await visitor.get(path)
        seconds.append(time.perf_counter() - began)
        assert page.status_code == 200, page.text
    return seconds[1:]


async def _rate(visitors: Sequence[Visitor], looks: int) -> float:
    """Cards a second, everybody looking at their own again and again."""
    began = time.perf_counter()
    await asyncio.gather(*(_seconds(each, "/card", looks // len(visitors)) for each in visitors))
    return looks / (time.perf_counter() - began)


async def _slowly(world: World, people: Sequence[str]) -> list[Figure]:
    """Seconds that each one's phone waits for the first view of the card, and for a declaration from its page to its record."""
    first: list[float] = []
    whole: list[float] = []
    async with chromium() as browser:
        for person in people:
            async with _visitors(world, [person]) as [visitor]:
                url = world.stack.url("portal")
                context = await browser.new_context(viewport={"width": 360, "height": 740})
                await context.add_cookies(
                    [{"name": c.name, "value": c.value or "", "url": url} for c in visitor.http.cookies.jar]
                )
                page = await context.new_page()
                await (await context.new_cdp_session(page)).send("Network.emulateNetworkConditions", SLOW_3G)
                began = time.perf_counter()
                await page.goto(f"{url}/card")
                first.append(time.perf_counter() - began)
                whole.append(await _declare(page, url))
                await context.close()
    return [
        Figure("slow 3G: first view of a card, nothing kept", "s", first, at_most=FIRST),
        Figure("slow 3G: a training declared, from its form to its record", "s", whole, at_most=FIRST),
    ]


async def _declare(page: Page, url: str) -> float:
    began = time.perf_counter()
    await page.goto(f"{url}/declare")
    await page.select_option("#form", "KL03")
    for name, value in DECLARED.items():
        await page.fill(f"#{name}", value)
    await page.locator("main form button").last.click()
    await page.wait_for_url("**/records/**")
    return time.perf_counter() - began
