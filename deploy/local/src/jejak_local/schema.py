"""What every service's migrations are held to."""

import asyncio

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text
from sqlalchemy.dialects import postgresql

from common.database import Database
from common.migrations import config
from common.service import newest_revision
from jejak_local.postgres import PostgresServer

CONSTRAINTS = """
    SELECT CAST(conrelid AS regclass), conname FROM pg_constraint
    WHERE connamespace = CAST('public' AS regnamespace) AND contype IN ('c', 'f', 'p', 'u', 'x')
        AND conname <> 'alembic_version_pkc'
"""
LEFT = """
    SELECT relname FROM pg_class WHERE relnamespace = CAST('public' AS regnamespace)
    UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = CAST('public' AS regnamespace)
"""


async def assert_migrations_fit(postgres: PostgresServer, package: str, metadata: MetaData) -> None:
    """From nothing they make the tables of the code, constraints by the same names; down, they leave nothing.

    Their files' names say which is the newest.
    """
    made = await postgres.create_service_database(package, name=f"{package}_migrations")
    alembic = config(package, made.url)
    assert newest_revision(package) == ScriptDirectory.from_config(alembic).get_current_head()
    database = Database(made.url)
    try:
        await asyncio.to_thread(command.upgrade, alembic, "head")
        await asyncio.to_thread(command.check, alembic)
        # What `check` overlooks: the names of CHECK constraints.
        assert set(await _rows(database, CONSTRAINTS)) == _constraints(metadata)
        await asyncio.to_thread(command.downgrade, alembic, "base")
        assert sorted(await _rows(database, LEFT)) == [("alembic_version",), ("alembic_version_pkc",)]
        await asyncio.to_thread(command.upgrade, alembic, "head")
    finally:
        await database.close()
        await postgres.drop_database(made.name)


async def _rows(database: Database, query: str) -> list[tuple[str, ...]]:
    async with database.reading() as session:
        return [tuple(row) for row in await session.execute(text(query))]


def _constraints(metadata: MetaData) -> set[tuple[str, ...]]:
    naming = postgresql.dialect().identifier_preparer
    return {
        (table.name, naming.format_constraint(constraint) or "")
        for table in metadata.tables.values()
        for constraint in table.constraints
    }
