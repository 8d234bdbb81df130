"""The migrations make exactly the tables of the code, and can be undone."""

import asyncio

from alembic import command

from common.migrations import config


async def test_upgrade_from_empty_leaves_no_drift_and_downgrades(postgres):
    made = await postgres.create_service_database("training", name="training_migrations")
    alembic = config("training", made.url)
    for step in (command.upgrade, command.check):
        await asyncio.to_thread(step, alembic, *(["head"] if step is command.upgrade else []))
    await asyncio.to_thread(command.downgrade, alembic, "base")
    await asyncio.to_thread(command.upgrade, alembic, "head")
    await postgres.drop_database("training_migrations")
