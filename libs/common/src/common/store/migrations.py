"""Schema migrations: one Alembic history per service, run as a step of its own, never at start, by the owner's role."""

import asyncio
from pathlib import Path
from typing import Protocol

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

from common.store import history
from common.store.grants import Grants, give

LOCK_TIMEOUT = "5s"


class OtherHistory(Exception):  # noqa: N818 - the name says what has happened
    """A database was made by migrations that have been rewritten since, or that the code does not have."""


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
    """Brings a service's database to the newest schema, as its owner, and gives the role that serves what it needs.

    Raises OtherHistory, which names the migrations, before anything is changed.
    """
    command.upgrade(config(service, url, serves), "head")


def run() -> None:
    """What Alembic runs for a service, by `env.py`."""
    asyncio.run(_run(context.config.attributes["url"]))


async def _run(url: str) -> None:
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            # A migration that has to wait for a lock fails instead of stopping the API behind it.
            await connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
            await connection.commit()
            told = context.config.attributes
            await connection.run_sync(_migrate, told["service"], told["serves"])
    finally:
        await engine.dispose()


def _migrate(connection: Connection, service: Migrated, serves: str) -> None:
    context.configure(connection=connection, target_metadata=service.metadata, compare_server_default=False)
    with context.begin_transaction():
        if others := history.others(service.folder, *_made(connection)):
            raise OtherHistory(", ".join(others))
        context.run_migrations()
        version, _ = _made(connection)
        mark = f"'{history.mark(service.folder, version)}'" if version else "NULL"
        connection.execute(text(f"COMMENT ON TABLE {history.TABLE} IS {mark}"))
        if serves:
            give(connection, service.metadata, service.grants, serves)


def _made(connection: Connection) -> tuple[str | None, str | None]:
    """The version a database has, and the mark of what made it."""
    has_version = connection.scalar(text(f"SELECT to_regclass('{history.TABLE}')"))
    version = connection.scalar(text(history.VERSION)) if has_version else None
    return version, connection.scalar(text(history.MARK))
