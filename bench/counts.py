"""B9: how the people of a nation stand, counted and listed over HTTP: today, and as of a day gone by."""

import asyncio
import time
from collections.abc import Sequence

from bench import laying
from bench.bulk import send
from bench.figures import Figure
from bench.sweep import REACHED
from bench.world import World, parts, training
from training.settings import Settings

IN_AGENCY = 20_000
PAGE = 1_000
GONE_BY = f"{laying.YEAR}-02-28"
"""Before the end of every record that is laid: all of them are taken off again."""
POSTS = f"""
    INSERT INTO posts SELECT {laying.PERSON_ID.format("n")}, o.number, o.valid_from, o.valid_to,
        CASE WHEN n % 3 > 0 THEN o.jenjang END, o.position || ' ' || n % 40
    FROM (SELECT * FROM posts LIMIT 1) o, generate_series($1::int, $2::int - 1) n ON CONFLICT DO NOTHING
"""
MOVED = f"""
    UPDATE {{table}} SET agency_id = $1
    WHERE person_id IN (SELECT {laying.PERSON_ID.format("n")} FROM generate_series($2::int, $3::int - 1) n)
"""


async def counts(world: World, counted: Sequence[int], rounds: int) -> list[Figure]:
    """Counts of everybody, and of one agency with 20,000 of them; each is two statements (training's tests count them)."""
    await send(world, list(parts([training(0, world.person(0), source=world.source("first"))])))
    figures: list[Figure] = []
    agency = world.agencies[0]
    in_agency = f"agency_id={agency}"
    for people in counted:
        await laying.people(world, people, reached=REACHED)
        await world.training.execute(POSTS, world.registered, people)
        moved = min(IN_AGENCY, people // 2)
        for table in ("people", "assignments"):
            await world.training.execute(MOVED.format(table=table), agency, world.registered, world.registered + moved)
        await laying.records(world, people)
        await world.training.execute("VACUUM ANALYZE")
        await kept(world)
        nation, office = f"{people:,} people", f"an agency of {moved:,} of {people:,}"
        for what, path in (
            (f"{nation}: counts by agency, today", "duty-counts?by=agency"),
            (f"{nation}: counts by jenjang, today", "duty-counts?by=jenjang"),
            (f"{nation}: counts by agency, as of {GONE_BY}", f"duty-counts?by=agency&day={GONE_BY}"),
            (f"{office}: counts by unit, today", f"duty-counts?by=unit&{in_agency}"),
            (f"{office}: counts by unit, as of {GONE_BY}", f"duty-counts?by=unit&{in_agency}&day={GONE_BY}"),
            (f"{office}: a page of {PAGE:,}, as of {GONE_BY}", f"duty-people?limit={PAGE}&{in_agency}&day={GONE_BY}"),
        ):
            figures.append(Figure(what, "s", [await _seconds(world, path) for _ in range(rounds)]))
        whole = [await _all_pages(world, f"{in_agency}&day={GONE_BY}", moved) for _ in range(rounds)]
        figures.append(Figure(f"{office}: all of them, page by page, as of {GONE_BY}", "s", whole))
    return figures


async def kept(world: World) -> None:
    """Returns once the service has counted the nation by itself, which it does if there are enough people."""
    if await world.training.fetchval("SELECT count(*) FROM people") < Settings.model_fields["counts_kept_from"].default:
        return
    await world.training.execute("DELETE FROM kept_counts")  # what was counted while people were laid
    while not await world.training.fetchval("SELECT count(*) FROM kept_counts"):
        await asyncio.sleep(0.5)


async def _seconds(world: World, path: str) -> float:
    began = time.perf_counter()
    answer = await world.http.get(f"{world.stack.url('training')}/v1/{path}", headers=await world.headers("lan"))
    seconds = time.perf_counter() - began
    assert answer.status_code == 200, answer.text
    return seconds


async def _all_pages(world: World, narrower: str, least: int) -> float:
    """Seconds in which whoever served in the agency that day is read to the last page."""
    began, found, after = time.perf_counter(), 0, ""
    while True:
        path = f"{world.stack.url('training')}/v1/duty-people?limit={PAGE}&{narrower}{after}"
        page = (await world.http.get(path, headers=await world.headers("lan"))).json()
        found += len(page["items"])
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found >= least, "fewer were listed than serve there"
    return time.perf_counter() - began
