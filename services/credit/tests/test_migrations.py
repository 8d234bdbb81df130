import asyncio

from alembic import command
from sqlalchemy import text

from common.database import Database
from common.migrations import config


async def test_up_without_drift_down_to_nothing_and_up_again(postgres) -> None:
    made = await postgres.create_service_database("credit", name="credit_migrations")
    alembic = config("credit", made.url)
    database = Database(made.url)
    try:
        await asyncio.to_thread(command.upgrade, alembic, "head")
        await asyncio.to_thread(command.check, alembic)
        await asyncio.to_thread(command.downgrade, alembic, "base")
        async with database.reading() as session:
            left = await session.scalars(
                text(
                    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname <> ALL(:kept)"
                    " UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
                ),
                {"kept": ["alembic_version", "alembic_version_pkc"]},
            )
            assert left.all() == []
        await asyncio.to_thread(command.upgrade, alembic, "head")
    finally:
        await database.close()
        await postgres.drop_database("credit_migrations")
