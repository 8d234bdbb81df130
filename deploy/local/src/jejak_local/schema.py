"""What every service's migrations are held to, and the rights of the role it serves with."""

import asyncio
import re
from collections.abc import Mapping, Sequence

import asyncpg
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text
from sqlalchemy.dialects import postgresql

from common.service import Service
from common.store.database import Database
from common.store.grants import Grants
from common.store.migrations import Migrated, config, upgrade
from jejak_local.postgres import Database as Made
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


# Of the connection's own role, in its own database.
TABLES = """
    SELECT CAST(c.oid AS regclass), array_agg(CASE WHEN has_table_privilege(c.oid, privilege) THEN privilege
        ELSE format('%s (%s)', privilege, columns) END) FILTER (WHERE has_table_privilege(c.oid, privilege) OR columns <> '')
    FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'])
        AS privilege, LATERAL (SELECT string_agg(attname, ', ' ORDER BY attnum) AS columns FROM pg_attribute
        WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND CASE WHEN privilege = ANY(ARRAY['SELECT', 'INSERT',
            'UPDATE', 'REFERENCES']) THEN has_column_privilege(c.oid, attnum, privilege) END) AS partly
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_'
        AND nspname <> 'information_schema')
    GROUP BY c.oid
"""
FUNCTIONS = """
    SELECT CAST(oid AS regprocedure) FROM pg_proc
    WHERE has_function_privilege(oid, 'EXECUTE') AND pronamespace NOT IN
        (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_' OR nspname = 'information_schema')
"""
SCHEMAS = """
    SELECT nspname FROM pg_namespace
    WHERE has_schema_privilege(oid, 'USAGE') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
"""
OWNERS_OF_DATABASES_TO_CONNECT_TO = """
    SELECT DISTINCT pg_get_userbyid(datdba) FROM pg_database WHERE datallowconn AND has_database_privilege(oid, 'CONNECT')
"""
MORE_THAN_NOTHING = """
    SELECT 'schema', nspname FROM pg_namespace WHERE has_schema_privilege(oid, 'CREATE')
    UNION ALL SELECT 'database', datname FROM pg_database WHERE has_database_privilege(oid, 'CREATE, TEMPORARY')
        AND datallowconn
    UNION ALL SELECT 'sequence', relname FROM pg_class
        WHERE CASE relkind WHEN 'S' THEN has_sequence_privilege(oid, 'USAGE, SELECT, UPDATE') END
    UNION ALL SELECT 'owner', CAST(objid AS text) FROM pg_shdepend, pg_roles r
        WHERE r.rolname = current_user AND refobjid = r.oid AND deptype = 'o'
    UNION ALL SELECT 'attribute', rolname FROM pg_roles
        WHERE rolname = current_user AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
    UNION ALL SELECT 'member', CAST(roleid AS text) FROM pg_auth_members, pg_roles r
        WHERE r.rolname = current_user AND member = r.oid
    UNION ALL SELECT 'default', CAST(oid AS text) FROM pg_default_acl
    UNION ALL SELECT 'large object', CAST(CAST(oid AS regprocedure) AS text) FROM pg_proc
        WHERE proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_import') AND has_function_privilege(oid, 'EXECUTE')
"""
REFUSED = (
    "CREATE TABLE more (id int)",
    "CREATE TEMPORARY TABLE more (id int)",
    "CREATE SCHEMA more",
    "SET ROLE {owner}",
    "SELECT lo_create(0)",
)
REFUSED_TO_ALL = "TRUNCATE {table} CASCADE", "DROP TABLE {table}", "ALTER TABLE {table} DISABLE TRIGGER ALL"
REFUSED_UNLESS = {"UPDATE": "UPDATE {table} SET {column} = {column}", "DELETE": "DELETE FROM {table}"}


async def assert_grants(postgres: PostgresServer, service: Service) -> None:
    """The role that serves may do what is declared, and no more."""
    made = await postgres.create_service_database(service.name, name=f"{service.name}_grants")
    try:
        await assert_rights(made, service)
    finally:
        await postgres.drop_database(made.name)


async def assert_rights(made: Made, service: Migrated) -> None:
    """The same of an empty database: its owner can migrate it, then the catalogue is asked, and what is refused tried."""
    await asyncio.to_thread(upgrade, service, made.owner.url, made.role)
    metadata, grants = service.metadata, service.grants
    connection = await asyncpg.connect(made.dsn)
    try:
        await _assert_catalogue(connection, grants.on(metadata), grants, made.owner.role)
        await _assert_refused(connection, metadata, grants.on(metadata), made.owner.role)
    finally:
        await connection.close()


async def _assert_catalogue(
    connection: asyncpg.Connection, tables: Mapping[str, Sequence[str]], grants: Grants, owner: str
) -> None:
    async def column(query: str) -> set[str]:
        return {row[0] for row in await connection.fetch(query)}

    held = {table: set(privileges or ()) for table, privileges in await connection.fetch(TABLES)}
    assert held == {table: set(privileges) for table, privileges in tables.items()}
    assert await column(FUNCTIONS) == set(grants.functions)
    assert await column(SCHEMAS) == {"public", *grants.schemas}
    assert await column(OWNERS_OF_DATABASES_TO_CONNECT_TO) == {owner}
    assert [tuple(row) for row in await connection.fetch(MORE_THAN_NOTHING)] == []


async def _assert_refused(
    connection: asyncpg.Connection, metadata: MetaData, tables: Mapping[str, Sequence[str]], owner: str
) -> None:
    statements = [words.format(owner=owner) for words in REFUSED]
    for table, privileges in tables.items():
        columns = metadata.tables[table].columns.keys() if table in metadata.tables else ["version_num"]
        unless = [words for privilege, words in REFUSED_UNLESS.items() if privilege not in privileges]
        # Some columns may be changed where the others may not.
        kept = [name for name in columns if not re.search(rf"\b{name}\b", " ".join(privileges))]
        statements += [words.format(table=table, column=kept[-1]) for words in (*REFUSED_TO_ALL, *unless)]
    for statement in statements:
        try:
            await connection.execute(statement)
        except asyncpg.InsufficientPrivilegeError:
            continue
        raise AssertionError(f"the role that serves may {statement}")


async def assert_migrations_fit(postgres: PostgresServer, service: Service) -> None:
    """From nothing they make the tables of the code, constraints by the same names; down, they leave nothing.

    Their files' names say which is the newest.
    """
    made = await postgres.create_service_database(service.name, name=f"{service.name}_migrations")
    alembic = config(service, made.owner.url)
    assert service.newest_revision == ScriptDirectory.from_config(alembic).get_current_head()
    database = Database(made.owner.url)
    try:
        await asyncio.to_thread(command.upgrade, alembic, "head")
        await asyncio.to_thread(command.check, alembic)
        # What `check` overlooks: the names of CHECK constraints.
        assert set(await _rows(database, CONSTRAINTS)) == _constraints(service.metadata)
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
