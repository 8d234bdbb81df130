"""Schema migrations: one Alembic history per service, run as a step of its own, never at start, by the owner's role."""

import asyncio
from pathlib import Path
from typing import Protocol

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

from common.store.grants import Grants, give

LOCK_TIMEOUT = "5s"


class Migrated(Protocol):
    """A service, as far as its migrations are concerned."""

    @property
    def folder(self) -> Path: ...

    @property
    def metadata(self) -> MetaData: ...

    @property
    def grants(self) -> Grants: ...


def config(service: Migrated, url: str, serves: str = "") -> Config:
    """Alembic's configuration for the migrations of a service; `serves` is the role that serves."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).with_name("alembic")))
    made.set_main_option("version_locations", str(service.folder / "migrations" / "versions"))
    made.set_main_option("path_separator", "newline")
    made.attributes.update(service=service, url=url, serves=serves)
    return made


def upgrade(service: Migrated, url: str, serves: str) -> None:
    """Brings a service's database to the newest schema, as its owner, and gives the role that serves what it needs."""
    command.upgrade(config(service, url, serves), "head")


def run() -> None:
    """What Alembic runs for a service, by `env.py`."""
    asyncio.run(_run(context.config.attributes["url"]))


async def _run(url: str) -> None:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        # A migration that has to wait for a lock fails instead of stopping the API behind it.
        await connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        await connection.commit()
        await connection.run_sync(_migrate, context.config.attributes["service"], context.config.attributes["serves"])
    await engine.dispose()


def _migrate(connection: Connection, service: Migrated, serves: str) -> None:
    context.configure(connection=connection, target_metadata=service.metadata, compare_server_default=False)
    with context.begin_transaction():
        context.run_migrations()
        if serves:
            give(connection, service.metadata, service.grants, serves)
