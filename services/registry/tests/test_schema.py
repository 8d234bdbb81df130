"""The migrations make what the code expects, and can be taken back."""

import asyncio

import pytest
from alembic import command
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import create_async_engine

from common import migrations
from registry.tables import metadata


@pytest.fixture
async def empty(postgres):
    made = await postgres.create_service_database("registry", name="registry_migrations")
    yield made.url
    await postgres.drop_database("registry_migrations")


async def tables(url: str) -> set[str]:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        found = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    await engine.dispose()
    return found


async def test_up_without_drift_and_down(empty):
    config = migrations.config("registry", empty)
    await asyncio.to_thread(migrations.upgrade, "registry", empty)
    assert await tables(empty) == {*metadata.tables, "alembic_version"}
    await asyncio.to_thread(command.check, config)
    await asyncio.to_thread(command.downgrade, config, "base")
    assert await tables(empty) == {"alembic_version"}
    await asyncio.to_thread(migrations.upgrade, "registry", empty)
    assert await tables(empty) == {*metadata.tables, "alembic_version"}
