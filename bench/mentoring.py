"""B13: pairs that are published, and sessions that are confirmed, end to end."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import asyncpg

from bench.figures import Figure
from bench.world import World

PAIRS = "mentoring.pair.v1"
SEATS = 3
AT_ONCE = 8
"""Callers who confirm."""
BEGAN = datetime(2026, 1, 5, 2, tzinfo=UTC)

PEOPLE = "SELECT person_id, agency_id, row_number() OVER (ORDER BY person_id) - 1 AS number FROM people"
SENIOR = f"""
    UPDATE posts SET jenjang = 'ahli_madya' FROM ({PEOPLE}) p
    WHERE p.person_id = posts.person_id AND p.number >= $1 AND p.number < $1 + ($1 + {SEATS} - 1) / {SEATS}
"""
APPLIED = f"""
    INSERT INTO applications (programme_id, person_id, side, seats, languages, meets, free, goals, wishes, avoids, applied_at)
    SELECT $2, person_id, CASE WHEN number < $1 THEN 'mentee' ELSE 'mentor' END, CASE WHEN number < $1 THEN 0 ELSE {SEATS} END,
        '{{id}}', '{{online}}', '{{}}', '{{}}', '{{}}', '{{}}', now()
    FROM ({PEOPLE}) p WHERE number < $1 + ($1 + {SEATS} - 1) / {SEATS}
"""
PAIRED = f"""
    INSERT INTO pairs (id, programme_id, mentee_id, mentor_id, score, state, mentee_agency_id, mentor_agency_id, next_sought, version)
    SELECT gen_random_uuid(), $2, mentee.person_id, mentor.person_id, 0, 'draft', mentee.agency_id, mentor.agency_id, false, 1
    FROM ({PEOPLE}) mentee JOIN ({PEOPLE}) mentor ON mentor.number = $1 + mentee.number / {SEATS} WHERE mentee.number < $1
"""
ACTIVE = """
    UPDATE pairs SET state = 'active', mentee_accepted_at = $2, mentor_accepted_at = $2, begins_on = date '2026-01-05',
        ends_on = date '2099-12-31' WHERE programme_id = $1
"""
AGREED = """
    INSERT INTO agreements (pair_id, version, goals, plan, every_days, confidentiality, proposed_by, mentee_signed_at, mentor_signed_at)
    SELECT id, 1, '[]', '-', 30, '-', 'mentee', $2, $2 FROM pairs WHERE programme_id = $1
"""
PENDING = """
    INSERT INTO mentoring_sessions (id, pair_id, starts_at, ends_at, way, state, mentee_said_at, expires_at, actions, sequence,
        reminded, version)
    SELECT gen_random_uuid(), id, CAST($2 AS timestamptz), CAST($2 AS timestamptz) + interval '1 hour', 'online', 'pending', now(), now() + interval '14 days', '[]', 0, 2, 1
    FROM pairs WHERE programme_id = $1
"""
BARE = "CREATE TABLE bare_sessions AS SELECT id, state, version FROM mentoring_sessions"


async def mentoring(world: World, confirmed: int) -> list[Figure]:
    """B13: as many pairs as sessions, one of each pair, with three mentees a mentor."""
    connection = await asyncpg.connect(world.stack.databases["mentoring"].owner.dsn)
    try:
        while await connection.fetchval("SELECT count(*) FROM people") < world.registered:
            await asyncio.sleep(0.2)
        return await _measured(world, connection, confirmed)
    finally:
        await connection.close()


async def _measured(world: World, connection: asyncpg.Connection, confirmed: int) -> list[Figure]:
    url, desk = f"{world.stack.url('mentoring')}/v1", await world.headers("programme_manager", world.agencies[0])
    body = {
        "title": "Mentoring", "opens_on": "2026-01-01", "closes_on": "2099-12-31",
        "rules": {"mentee_jenjang": ["ahli_pertama"], "seats": SEATS},
    }  # fmt: skip
    programme = (await world.http.post(f"{url}/programmes", json=body, headers=desk)).json()["id"]
    await connection.execute(SENIOR, confirmed)
    for statement in (APPLIED, PAIRED):
        await connection.execute(statement, confirmed, programme)
    await connection.execute("ANALYZE")
    before, began = await world.sent(PAIRS), time.perf_counter()
    published = await world.http.post(f"{url}/programmes/{programme}/publish", headers=desk)
    answered = time.perf_counter() - began
    assert published.json() == {"offered": confirmed, "review": 0}, published.text
    await _until(world, before + confirmed)
    told = time.perf_counter() - began
    await connection.execute(ACTIVE, programme, BEGAN)
    for statement in (AGREED, PENDING):
        await connection.execute(statement, programme, BEGAN)
    await connection.execute(BARE)
    await connection.execute("CREATE INDEX ON bare_sessions (id)")
    await connection.execute("ANALYZE")
    sessions = await connection.fetch(
        "SELECT s.id, p.mentor_id FROM mentoring_sessions s JOIN pairs p ON p.id = s.pair_id ORDER BY s.id"
    )
    tokens = {
        mentor: await world.stack.token("person", person=mentor) for mentor in {row["mentor_id"] for row in sessions}
    }
    limit = await _bare(world, [row["id"] for row in sessions])

    async def confirm(row: asyncpg.Record) -> None:
        headers = {"authorization": f"Bearer {tokens[row['mentor_id']]}"}
        answer = await world.http.post(f"{url}/sessions/{row['id']}/confirm", headers=headers)
        assert answer.json()["state"] == "confirmed", answer.text

    before, cpu, began = await world.sent(PAIRS), world.cpu(), time.perf_counter()
    await _by_some(sessions, confirm)
    await _until(world, before + confirmed)
    took, cpu = time.perf_counter() - began, world.cpu() - cpu
    rate = confirmed / took
    return [
        Figure(f"{confirmed:,} pairs published: answered", "s", [answered]),
        Figure(f"{confirmed:,} pairs published: all told on Kafka", "s", [told]),
        Figure("confirmations' raw limit: a row held, changed and committed", "/s", [limit]),
        Figure(f"{confirmed:,} sessions confirmed, until told on Kafka", "/s", [rate]),
        Figure("confirmations' share of the limit", "", [rate / limit]),
        Figure("CPU of a confirmation, services and servers", "ms", [cpu / confirmed * 1000]),
    ]


async def _bare(world: World, ids: list[object]) -> float:
    """The same rows held, changed and committed one by one, by as many connections, with nothing of ours around them."""
    dsn = world.stack.databases["mentoring"].owner.dsn
    pool = await asyncpg.create_pool(dsn, min_size=AT_ONCE, max_size=AT_ONCE)

    async def change(name: object) -> None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.fetchrow("SELECT * FROM bare_sessions WHERE id = $1 FOR UPDATE", name)
            await connection.execute("UPDATE bare_sessions SET state = 'confirmed' WHERE id = $1", name)

    began = time.perf_counter()
    await _by_some(ids, change)
    took = time.perf_counter() - began
    await pool.close()
    return len(ids) / took


async def _by_some(items: list[Any], work: Callable[[Any], Awaitable[None]]) -> None:
    """Works on all items, so many at once."""

    async def one(start: int) -> None:
        for item in items[start::AT_ONCE]:
            await work(item)

    await asyncio.gather(*(one(start) for start in range(AT_ONCE)))


async def _until(world: World, events: int) -> None:
    """Returns when a topic of pairs holds so many events."""
    while await world.sent(PAIRS) < events:
        await asyncio.sleep(0.05)
