"""Rows laid straight into the databases, where it is not their intake that is measured.

Each is a copy of a row that the services themselves have written, under a key of its own; what must agree between
tables and services (ids, sums, who owns what) does.
"""

import asyncpg

from bench.world import AGENCIES, STRIDE, World

AT_ONCE = 500_000
"""Rows a statement: so that progress can be told."""
NIP_KEY = b"jejak-local"
YEAR = 2025
"""Of laid records: the year before the one that measures write."""

PERSON_ID = "('01900000-0000-7000-8000-' || lpad(to_hex({}), 12, '0'))::uuid"
RECORD_ID = "('01910000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
NIP = (
    "(1970 + n / 999 / 336) || lpad((n / 999 % 336 / 28 + 1)::text, 2, '0') || lpad((n / 999 % 28 + 1)::text, 2, '0')"
    " || '2010031' || lpad((n % 999 + 1)::text, 3, '0')"
)


def _hmac(text: str) -> str:
    """HMAC-SHA256 with the key of the local stack, as SQL."""
    key = NIP_KEY.ljust(64, b"\0")
    inner, outer = (f"'\\x{bytes(byte ^ pad for byte in key).hex()}'::bytea" for pad in (0x36, 0x5C))
    return f"encode(sha256({outer} || sha256({inner} || convert_to({text}, 'UTF8'))), 'hex')"


async def people(world: World, number: int, *, reached: str = "0") -> None:
    """Lets training and credit know `number` people; the new ones are spread over all agencies.

    `reached` is SQL for the verified hours of person `n` this year.
    """
    rows = range(world.people, number)
    agencies = ", ".join(f"'{agency}'" for agency in world.agencies)
    person, agency = PERSON_ID.format("n"), f"(ARRAY[{agencies}]::uuid[])[n % {AGENCIES} + 1]"
    known = {"person_id": person, "agency_id": agency, "nip_hash": _hmac(NIP)}
    await _copies(world.training, "people", rows, known)
    await _copies(world.training, "assignments", rows, {"person_id": person, "agency_id": agency})
    await _copies(world.training, "jp_ledger", rows, {"person_id": person, "verified": reached})
    await _copies(world.credit, "people", rows, known)
    await _copies(world.credit, "posts", rows, {"person_id": person})
    world.people = number
    await _settle(world)


async def records(world: World, number: int) -> None:
    """Lays records of the year before until there are `number`, with their ledgers, assessments and inbox rows.

    There must be a record and its evidence to copy, and laid people to give them to.
    """
    rows = range(world.records, number)
    person = PERSON_ID.format(f"{world.registered} + n::bigint * {STRIDE} % {world.people - world.registered}")
    held = {"person_id": person, "end_date": f"'{YEAR}-03-04'::date"}
    own = {"id": RECORD_ID, "source_name": "'laid'", "reference": "lpad(n::text, 9, '0')", "year": str(YEAR)}
    own["start_date"] = f"'{YEAR}-03-02'::date"
    await _copies(world.training, "records", rows, held | own)
    columns, values = await _selected(world.training, "jp_ledger", {"year": str(YEAR), "verified": "r.jp"})
    await world.training.execute(
        f"INSERT INTO jp_ledger ({columns}) SELECT {values} FROM jp_ledger t"
        f" JOIN (SELECT person_id, sum(jp_counted) AS jp FROM records WHERE year = {YEAR} GROUP BY 1) r USING (person_id)"
        f" WHERE t.year = {YEAR} + 1 ON CONFLICT (person_id, year) DO UPDATE SET verified = excluded.verified"
    )
    await _copies(world.credit, "evidence", rows, held | {"record_id": RECORD_ID})
    await _copies(world.credit, "inbox", rows, {"consumer": "'credit.records'", "event_id": "uuidv7()"})
    world.records = number
    await _settle(world)


async def _copies(connection: asyncpg.Connection, table: str, rows: range, own: dict[str, str]) -> None:
    """For each `n` of `rows` a copy of some row of the table, with `own` values by column, as SQL."""
    columns, values = await _selected(connection, table, own)
    for start in range(rows.start, rows.stop, AT_ONCE):
        end = min(start + AT_ONCE, rows.stop)
        await connection.execute(
            f"INSERT INTO {table} ({columns}) SELECT {values}"
            f" FROM (SELECT * FROM {table} LIMIT 1) t, generate_series({start}, {end - 1}) n"
        )
        print(f"\r{table}: {end:,} of {rows.stop:,} rows laid", end="", flush=True)
    print()


async def _selected(connection: asyncpg.Connection, table: str, own: dict[str, str]) -> tuple[str, str]:
    """The columns of a table, and what a copy of its row `t` has in them."""
    found = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped", table
    )
    columns = [row["attname"] for row in found]
    return ", ".join(columns), ", ".join(own.get(column, f"t.{column}") for column in columns)


async def _settle(world: World) -> None:
    """Leaves the tables as autovacuum and a checkpoint would have by the next day."""
    for connection in (world.training, world.credit):
        await connection.execute("VACUUM ANALYZE")
    await world.checkpoint()
