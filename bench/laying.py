"""Writes ("lays") rows straight into the databases, where their intake is not what is measured.

Each is a copy of a row that the services themselves have written, under a key of its own. What must agree between
tables and services agrees: ids, sums, which agency a person is of.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from uuid_utils.compat import uuid7

from bench.world import STRIDE, World, parts, training

NIP_KEY = b"jejak-local"
YEAR = 2025
"""The year of laid records: the one before that of the trainings that measures send."""

PERSON_ID = "('01900000-0000-7000-8000-' || lpad(to_hex({}), 12, '0'))::uuid"
RECORD_ID = "('01910000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
CASE_ID = "('01920000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
NIP = (
    "(1970 + n / 999 / 336) || lpad((n / 999 % 336 / 28 + 1)::text, 2, '0') || lpad((n / 999 % 28 + 1)::text, 2, '0')"
    " || '2010031' || lpad((n % 999 + 1)::text, 3, '0')"
)

PACK = """
DROP TABLE IF EXISTS pack;
CREATE TABLE pack AS SELECT topic, events, count, string_to_array(events, E'\\n') AS lines
FROM outbox ORDER BY count DESC, id LIMIT 1
"""
EVENTS = """
WITH model AS MATERIALIZED (
    SELECT topic, count, lines, lines[1] AS shared FROM pack
), known AS MATERIALIZED (SELECT array_agg(person_id) AS people FROM (SELECT person_id FROM people LIMIT {people}) people)
INSERT INTO outbox (topic, events, count)
SELECT topic, shared || E'\\n' || (
    SELECT string_agg(replace(replace(replace(event, ids[1], people[n % {people} + 1]::text), ids[2], uuidv7()::text),
        ids[3], uuidv7()::text), E'\\n')
    FROM generate_series(start, start + count - 1) n,
        LATERAL (SELECT 2 * (n - start) + 2 AS line) place,
        LATERAL (SELECT lines[line] || E'\\n' || lines[line + 1] AS event, string_to_array(lines[line], ' ') AS ids) said
), count
FROM model, known, generate_series(0, {number} - 1, model.count) start
"""
"""In the outbox an event begins with `key id subject sequence`: a copy is of another person, and has an id and a record of its own."""

BUILT_ANEW = """
SELECT format('DROP INDEX %s', indexrelid::regclass) AS drop,
    format('%s WITH (fillfactor = 70); ALTER INDEX %s RESET (fillfactor)', pg_get_indexdef(indexrelid), indexrelid::regclass) AS make
FROM pg_index WHERE indrelid = $1::regclass AND NOT indisunique AND indpred IS NULL
UNION ALL
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'f'
"""
"""How to drop and make again what makes many rows slow to lay: foreign keys, and indexes, then as full as random keys leave them."""


def _hmac(text: str) -> str:
    """SQL for the HMAC-SHA256 of a text, with the key of the local stack."""
    key = NIP_KEY.ljust(64, b"\0")
    inner, outer = (f"'\\x{bytes(byte ^ pad for byte in key).hex()}'::bytea" for pad in (0x36, 0x5C))
    return f"encode(sha256({outer} || sha256({inner} || convert_to({text}, 'UTF8'))), 'hex')"


async def people(world: World, number: int, *, reached: str = "0") -> None:
    """Lays people until training and credit know `number`; the new ones are spread over all agencies.

    `reached` is SQL for the verified hours of person `n` this year. There must be somebody with a ledger to copy.
    """
    rows = range(world.people, number)
    if not rows:
        return
    agencies = ", ".join(f"'{agency}'" for agency in world.agencies)
    person, agency = PERSON_ID.format("n"), f"(ARRAY[{agencies}]::uuid[])[n % {len(world.agencies)} + 1]"
    known = {"person_id": person, "agency_id": agency, "nip_hash": _hmac(NIP)}
    assigned, ledger = {"person_id": person, "agency_id": agency}, {"person_id": person, "verified": reached}
    async with _undisturbed(world):
        await asyncio.gather(
            _copies(world.training, rows, people=known, assignments=assigned, jp_ledger=ledger),
            _copies(world.credit, rows, people=known, posts={"person_id": person}),
        )
    world.people = number


async def records(world: World, number: int) -> None:
    """Lays records of the year before until there are at least `number`, with ledgers, assessments and inbox rows.

    There must be a record and its evidence to copy, and laid people to give them to.
    """
    rows = range(world.records, number)
    if not rows:
        return
    person = PERSON_ID.format(f"{world.registered} + n::bigint * {STRIDE} % {world.people - world.registered}")
    held = {"person_id": person, "end_date": f"'{YEAR}-03-04'::date"}
    own = {"id": RECORD_ID, "source_name": "'laid'", "reference": "lpad(n::text, 9, '0')", "year": str(YEAR)}
    own["start_date"] = f"'{YEAR}-03-02'::date"
    read = {"consumer": "'credit.records'", "event_id": "uuidv7()"}
    async with _undisturbed(world):
        await asyncio.gather(
            _copies(world.training, rows, records=held | own),
            _copies(world.credit, rows, evidence=held | {"record_id": RECORD_ID}, inbox=read),
        )
        columns, values = await _selected(world.training, "jp_ledger", {"year": str(YEAR), "verified": "r.jp"})
        await world.training.execute(
            f"INSERT INTO jp_ledger ({columns}) SELECT {values} FROM jp_ledger t"
            f" JOIN (SELECT person_id, sum(jp_counted) AS jp FROM records WHERE year = {YEAR} GROUP BY 1) r USING (person_id)"
            f" WHERE t.year = {YEAR} + 1 ORDER BY t.person_id ON CONFLICT (person_id, year) DO UPDATE SET verified = excluded.verified"
        )
    world.records = number


async def cases(world: World, number: int, **queued: str) -> None:
    """Lays so many open cases of somebody who has one, each with its segment and its place in the queue; `queued` is SQL for columns
    of that place. They share their person, and book no months.
    """
    own = {"id": CASE_ID, "reference": "'laid-' || n"}
    async with _undisturbed(world):
        await _copies(
            world.credit, range(number), cases=own, segments={"case_id": CASE_ID}, queue={"case_id": CASE_ID} | queued
        )


async def events(world: World, number: int) -> None:
    """Has the relay send `number` TrainingCompleted, each for a record of its own, of the people whom the registry knows in turn."""
    if number <= 0:
        return
    await pack(world)
    await world.training.execute(EVENTS.format(number=number, people=world.registered))


async def pack(world: World) -> int:
    """Keeps in the table `pack` an outbox row as an upload of a whole chunk writes it. Returns how many events it holds."""
    relay = world.stack.process("training", "relay")
    await relay.stop()
    lines = (training(number, world.person(number), source=f"pack-{uuid7()}") for number in range(1000))
    [_ async for _ in world.upload("training", "trainings:batch", parts(lines))]
    await world.training.execute(PACK)
    await relay.start()
    [(count,)] = await world.training.fetch("SELECT count FROM pack")
    return count


@asynccontextmanager
async def _undisturbed(world: World) -> AsyncIterator[None]:
    """Keeps vacuum and checkpoint away while rows are laid; runs both afterwards, as they would have by the next day."""
    admin = await asyncpg.connect(world.stack.postgres.admin.dsn)
    for change in ("SET max_wal_size = '32GB'", "SET autovacuum = off", "SET maintenance_work_mem = '512MB'"):
        await admin.execute(f"ALTER SYSTEM {change}")
    await admin.execute("SELECT pg_reload_conf()")
    yield
    await admin.execute("ALTER SYSTEM RESET ALL")
    await admin.execute("SELECT pg_reload_conf()")
    for connection in (world.training, world.credit):
        await connection.execute("VACUUM ANALYZE")
    await admin.execute("CHECKPOINT")
    await admin.close()


async def _copies(connection: asyncpg.Connection, rows: range, **tables: dict[str, str]) -> None:
    """For each `n` of `rows` lays a copy of some row of each table; `tables` has the SQL of the columns that differ."""
    for table, own in tables.items():
        columns, values = await _selected(connection, table, own)
        built_anew = await connection.fetch(BUILT_ANEW, table)
        began = time.perf_counter()
        for row in built_anew:
            await connection.execute(row["drop"])
        laid = await connection.execute(
            f"INSERT INTO {table} ({columns}) SELECT {values}"
            f" FROM (SELECT * FROM {table} LIMIT 1) t, generate_series({rows.start}, {rows.stop - 1}) n"
        )
        assert laid == f"INSERT 0 {len(rows)}", f"{table} had no row to copy"
        for row in built_anew:
            await connection.execute(row["make"])
        print(f"{table}: {len(rows):,} rows laid in {time.perf_counter() - began:.0f} s", flush=True)


async def _selected(connection: asyncpg.Connection, table: str, own: dict[str, str]) -> tuple[str, str]:
    """The columns of a table, and what a copy of its row `t` has in them."""
    found = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped", table
    )
    columns = [row["attname"] for row in found]
    return ", ".join(columns), ", ".join(own.get(column, f"t.{column}") for column in columns)
