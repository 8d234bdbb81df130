from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from common.database import Database
from jejak_local.postgres import PostgresServer


@pytest.fixture
async def blank(postgres: PostgresServer) -> AsyncIterator[Database]:
    """A database of the test's own, with nothing in it."""
    made = await postgres.create_service_database("kit", name=f"kit_{uuid4().hex[:8]}")
    database = Database(made.url)
    yield database
    await database.close()
    await postgres.drop_database(made.name)
