"""What a migration makes of rows that were there before it."""

import asyncio
import json
from datetime import UTC, datetime

from alembic import command
from sqlalchemy import text

from common.ids import new_id
from common.store.database import Database
from common.store.migrations import config
from connectors.domain.naming import single_keys
from connectors.service import SERVICE
from services.connectors.tests.platform import SARI, statement, void

CONNECTED = text(
    "INSERT INTO connections (id, agency_id, name, platform, enabled, version, made_at) VALUES (:id, :id, 'x', 'x', true, 1, :at)"
)
STORED = text(
    "INSERT INTO statements (connection_id, id, stored, statement, fingerprint, keys, voids, voided)"
    " VALUES (:connection, :id, :at, :statement, '', '{}', false, false)"
)


async def test_statements_stored_before_get_the_keys_by_which_they_are_found(postgres) -> None:
    """More than one step of 1,000; the keys are those that the store gives today, so the same questions find old and new."""
    registration = {"registration": "4B3E6F0D-9a9c-5d7c-8a0e-0d2f0a6c9f11"}
    kinds = [
        statement(),
        statement(context=registration),
        statement(object={"objectType": "Agent", **SARI}),
        statement(object={"id": "urn:\ud800", "objectType": "Activity"}),
        void(str(new_id())),
    ]
    told = {new_id(): each for _ in range(250) for each in kinds}
    made = await postgres.create_service_database("connectors", name="connectors_backfill")
    alembic, database = config(SERVICE, made.owner.url), Database(made.owner.url)
    connection, at = new_id(), datetime(2026, 6, 1, tzinfo=UTC)
    try:
        await asyncio.to_thread(command.upgrade, alembic, "0006")
        async with database.transaction() as session:
            await session.execute(CONNECTED, {"id": connection, "at": at})
            rows = [
                {"connection": connection, "id": each, "at": at, "statement": json.dumps(said)}
                for each, said in told.items()
            ]
            await session.execute(STORED, rows)
        await asyncio.to_thread(command.upgrade, alembic, "head")
        async with database.reading() as session:
            found = await session.execute(text("SELECT id, verb, activity, registration FROM statements"))
            assert {each: tuple(keys) for each, *keys in found} == {
                each: single_keys(said) for each, said in told.items()
            }
        await asyncio.to_thread(command.downgrade, alembic, "0006")
        async with database.reading() as session:
            assert await session.scalar(text("SELECT count(*) FROM statements")) == len(told)
    finally:
        await database.close()
        await postgres.drop_database(made.name)
