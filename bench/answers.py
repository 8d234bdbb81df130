"""B17: whether each of an agency of 20,000 can rise, page by page; and all points gone through again under a draft of the rules."""

import asyncio
import time

from bench.bulk import decide, predicate
from bench.figures import Figure
from bench.world import World
from credit.domain.packs import PACKS

PAGE = 1_000
LEAST_A_SECOND = 1_000_000 / 120
"""A million in two minutes."""
PERSON = "('01940000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
"""People that credit alone is told of, each with a post, a degree, a balance and an entry: those of somebody who was decided about."""
COLUMNS = (
    "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
)
OWN = {
    "people": {"nip_hash": "'laid ' || n"},
    "posts": {},
    "educations": {},
    "balances": {},
    "entries": {"id": "uuidv7()", "case_id": "uuidv7()"},
}


async def answers(world: World, officers: int, gone_through: int, rounds: int) -> list[Figure]:
    """Pages of all officers of an agency, and a replay over so many entries of as many people."""
    await decide(world, [predicate(next(world.months), world.people)])
    model = await world.credit.fetchval("SELECT person_id FROM entries LIMIT 1")
    await world.credit.execute("ALTER TABLE entries DISABLE TRIGGER USER")
    await world.credit.execute("ALTER TABLE entries DROP CONSTRAINT fk_entries_case_id_cases")
    for table, own in OWN.items():
        columns = [row["attname"] for row in await world.credit.fetch(COLUMNS, table)]
        said = {"person_id": PERSON} | own
        if table == "people":
            said["agency_id"] = f"CASE WHEN n <= {officers} THEN $1::uuid ELSE $2::uuid END"
        values = ", ".join(said.get(name, f"model.{name}") for name in columns)
        agencies = world.agencies[:2] if table == "people" else []
        await world.credit.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM"
            f" (SELECT * FROM {table} WHERE person_id = '{model}' LIMIT 1) model, generate_series(1, {gone_through}) n",
            *agencies,
        )
    await world.credit.execute("ALTER TABLE entries ENABLE TRIGGER USER")
    await world.credit.execute("VACUUM ANALYZE")
    pages = [await _pages(world, officers) for _ in range(rounds)]
    seconds = await _replay(world, gone_through)
    return [
        Figure(f"whether each of {officers:,} officers of an agency can rise, page by page", "s", pages, at_most=2),
        Figure(
            f"{gone_through:,} entries gone through under a draft",
            "entries/s",
            [gone_through / seconds],
            at_least=LEAST_A_SECOND,
        ),
    ]


async def _pages(world: World, officers: int) -> float:
    headers = await world.headers("lan")
    began, found, after = time.perf_counter(), 0, ""
    while True:
        path = f"{world.stack.url('credit')}/v1/promotions?limit={PAGE}&agency_id={world.agencies[0]}{after}"
        page = (await world.http.get(path, headers=headers)).json()
        found += len(page["items"])
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found >= officers, "fewer were answered than serve there"
    return time.perf_counter() - began


async def _replay(world: World, entries: int) -> float:
    """Seconds from the order to the totals, which are none: the draft says what is the law."""
    url, headers = f"{world.stack.url('credit')}/v1", await world.headers("lan")
    content = (
        (PACKS / "konversi-2023.toml").read_text(encoding="utf-8").replace('"PermenPANRB-1-2023"', '"Rancangan"', 1)
    )
    draft = await world.http.post(f"{url}/drafts", json={"content": content}, headers=headers)
    draft.raise_for_status()
    began = time.perf_counter()
    ordered = await world.http.post(f"{url}/drafts/{draft.json()['id']}/replay", headers=headers)
    ordered.raise_for_status()
    while True:
        seen = (
            await world.http.get(f"{url}/replays/{ordered.json()['id']}", headers=await world.headers("lan"))
        ).json()
        if seen["ended_at"]:
            break
        await asyncio.sleep(0.2)
    assert seen["entries"] >= entries, seen
    assert seen["totals"] == [], "the present rules change nothing"
    return time.perf_counter() - began
