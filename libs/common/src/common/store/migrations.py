"""Schema migrations: one Alembic history per service, run as a step of its own, never at start, by the owner's role."""

import asyncio

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

from common.store.grants import Grants, give

LOCK_TIMEOUT = "5s"


def config(package: str, url: str = "", serves: str = "") -> Config:
    """Alembic's configuration for the migrations inside `package`; `serves` is the role that serves."""
    made = Config()
    made.set_main_option("script_location", f"{package}:migrations")
    made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    made.set_main_option("serves", serves)
    made.set_main_option("path_separator", "os")
    return made


def upgrade(package: str, url: str, serves: str) -> None:
    """Brings a service's database to the newest schema, as its owner, and gives the role that serves what it needs."""
    command.upgrade(config(package, url, serves), "head")


def run(metadata: MetaData, grants: Grants) -> None:
    """What a service's `migrations/env.py` calls."""
    url = context.config.get_main_option("sqlalchemy.url")
    assert url, "migrations run through common.store.migrations"  # noqa: S101 - a programming error, not an input
    asyncio.run(_run(url, metadata, grants))


async def _run(url: str, metadata: MetaData, grants: Grants) -> None:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        # A migration that has to wait for a lock fails instead of stopping the API behind it.
        await connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        await connection.commit()
        await connection.run_sync(_migrate, metadata, grants)
    await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData, grants: Grants) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_server_default=False)
    with context.begin_transaction():
        context.run_migrations()
        if serves := context.config.get_main_option("serves"):
            give(connection, metadata, grants, serves)
