"""What every service's `erasing.py` is held to: of somebody who is erased, no row says a word any more.

In an empty database each table gets one row, in which every column that can say something names somebody. Whoever adds a
table or a column finds here that it is not said what becomes of it.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, JSON, Column, LargeBinary, String, Table
from sqlalchemy.dialects import postgresql

from common.service import Service
from common.store.database import Database
from common.store.migrations import upgrade
from jejak_local.postgres import PostgresServer
from roster.erasing import BY_ID, Erasing, Gone, Kept

CODES = {
    # codes of a list, and what a rule decided
    "about", "act", "awaits", "chain", "change", "claim", "competencies", "competency", "days", "degree", "dispute", "duty", "finding", "first", "form", "from_state",
    "golongan", "golongan_before", "ground", "hasil_kerja", "jenjang", "jenjang_before", "kind", "language", "left_out", "level", "limited_by", "media_type",
    "outcome", "part", "parts", "perilaku", "position", "predikat", "reason_code", "refused", "refused_field", "result", "review", "role",
    "roles", "served", "service", "sex", "side", "source", "source_kind", "staff_type", "stage", "state", "status", "tag", "template",
    "to_state", "told", "verdict", "way", "weights", "why", "zone",
    # subjects of tokens
    "added_by", "asked_by", "attested_by", "by", "caller", "cancelled_by", "changed_by", "checked_by", "checkers", "client",
    "decided_by", "done_by", "hands", "held_by", "judged_by", "judges", "issued_by", "named_by", "opened_by", "ordered_by", "proposed_by", "recorded_by",
    "returned_by", "revoked_by", "sent_by", "settled_by", "subject", "submitted_by", "submitters", "viewer", "withdrawn_by",
    # numbers, days, hashes, and what a sender calls its own rows and itself
    "code", "counts", "course", "fingerprint", "inputs", "jp_by_year", "json_sha256", "number", "pack", "pairs", "pdf_sha256", "performance_outcome",
    "performance_result", "person_ids", "prices",
    "reference", "rule_pack", "sender_id", "sender_kind", "session_dates", "source_name", "unit_name",
}  # fmt: skip
"""Columns that hold no words about anybody, in a table whose rows stay when somebody is erased."""
PERSON = UUID("01900000-0000-7000-8000-00000000feed")
PLANTED = f"{PERSON} Zubaidah Terlupa 194001021965011001 zubaidah@lupa.example"
CHECKS = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', CAST(conrelid AS regclass), conname) FROM pg_constraint
    WHERE contype = 'c' AND coninhcount = 0 AND connamespace = CAST('public' AS regnamespace)
"""
"""They know which values there are; nothing is said here of how rows come to be, so triggers do not run either."""
VALUES: Mapping[str, str] = {
    "uuid": f"'{PERSON}'",
    "uuid[]": f"ARRAY['{PERSON}']::uuid[]",
    "text": f"'{PLANTED}'",
    "text[]": f"ARRAY['{PLANTED}']",
    "jsonb": f"""'{json.dumps({"evidence": PLANTED})}'""",
    "bytea": f"'{PLANTED}'",
    "date": "CURRENT_DATE",
    "date[]": "ARRAY[CURRENT_DATE]",
    "timestamp with time zone": "now()",
    "boolean": "false",
    "bigint[]": "ARRAY[1]",
}
"""A value by the type of its column; 1 for every other."""


def erasing_of(service: Service) -> Erasing:
    """What a service that has tables says of them."""
    return import_module(f"{service.name}.erasing").ERASING


def speaking(table: Table) -> Iterator[str]:
    """The columns of a table that can say something in words."""
    for column in table.columns:
        kind = column.type.item_type if isinstance(column.type, ARRAY) else column.type
        if isinstance(kind, String | JSON | LargeBinary):
            yield column.name


async def assert_forgets(postgres: PostgresServer, service: Service) -> None:
    """Erased by the role that serves, what every table said of somebody is gone, but for codes; done again, nothing is left to do."""
    if not service.newest_revision:
        return
    erasing, tables = erasing_of(service), service.metadata.sorted_tables
    made = await postgres.create_service_database(service.name, name=f"{service.name}_forgets")
    database = Database(made.url)
    try:
        await asyncio.to_thread(upgrade, service, made.owner.url, made.role)
        owner = await asyncpg.connect(made.owner.dsn)
        for (statement,) in await owner.fetch(CHECKS):
            await owner.execute(statement)
        for table in tables:
            await _plant(owner, table)
        async with database.transaction() as session:
            planted = await erasing.preview(session, [PERSON])
            await erasing.erase(session, [PERSON])
        assert planted.keys() >= {name for name, each in erasing.tables.items() if isinstance(each, Gone)}
        left = [
            f"{table.name}.{column}"
            for table in tables
            if (each := erasing.tables[table.name]) is BY_ID or not isinstance(each, Kept)
            for row in await owner.fetch(f"SELECT * FROM {table.name}")
            for column, value in row.items()
            if column not in CODES and "Zubaidah" in _shown(value)
        ]
        assert left == [], "erased, and still told"
        async with database.transaction() as session:
            assert await erasing.preview(session, [PERSON]) == {}
        await owner.close()
    finally:
        await database.close()
        await postgres.drop_database(made.name)


async def _plant(owner: asyncpg.Connection, table: Table) -> None:
    await owner.execute(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
    if await owner.fetchval("SELECT relkind = 'p' FROM pg_class WHERE oid = $1::regclass", table.name):
        await owner.execute(f"CREATE TABLE any_{table.name} PARTITION OF {table.name} DEFAULT")
    columns = [column for column in table.columns if column.computed is None and column.identity is None]
    values = ", ".join(_value(column) for column in columns)
    names = ", ".join(f'"{column.name}"' for column in columns)
    await owner.execute(f"INSERT INTO {table.name} ({names}) VALUES ({values})")


def _value(column: Column[Any]) -> str:
    kind = column.type.compile(dialect=postgresql.dialect()).lower()
    return VALUES.get(kind, "1")


def _shown(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
