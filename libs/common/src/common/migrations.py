"""Schema migrations: one Alembic history per service, run as a step of its own, never at start."""

import asyncio

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

LOCK_TIMEOUT = "5s"


def config(package: str, url: str = "") -> Config:
    """Alembic's configuration for the migrations inside `package`."""
    made = Config()
    made.set_main_option("script_location", f"{package}:migrations")
    made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


def upgrade(package: str, url: str) -> None:
    """Brings a service's database to the newest schema."""
    command.upgrade(config(package, url), "head")


def run(metadata: MetaData) -> None:
    """What a service's `migrations/env.py` calls."""
    url = context.config.get_main_option("sqlalchemy.url")
    assert url, "migrations run through common.migrations"  # noqa: S101 - a programming error, not an input
    asyncio.run(_run(url, metadata))


async def _run(url: str, metadata: MetaData) -> None:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        # A migration that has to wait for a lock fails instead of stopping the API behind it.
        await connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        await connection.commit()
        await connection.run_sync(_migrate, metadata)
    await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_server_default=False)
    with context.begin_transaction():
        context.run_migrations()
