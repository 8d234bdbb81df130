"""The migrations make exactly the tables the code knows, and can be taken back."""

import asyncio
from uuid import uuid4

from alembic import command
from sqlalchemy import text

from common import migrations
from common.database import Database
from jejak_local.postgres import PostgresServer


async def test_up_from_nothing_no_drift_down_and_up_again(postgres: PostgresServer) -> None:
    made = await postgres.create_service_database("notification", name=f"notification_{uuid4().hex[:8]}")
    config = migrations.config("notification", made.url)
    for step in (
        lambda: command.upgrade(config, "head"),
        lambda: command.check(config),
        lambda: command.downgrade(config, "base"),
    ):
        await asyncio.to_thread(step)
    database = Database(made.url)
    async with database.engine.connect() as connection:
        left = await connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        assert left.all() == ["alembic_version"]
    await database.close()
    await asyncio.to_thread(command.upgrade, config, "head")
    await postgres.drop_database(made.name)
