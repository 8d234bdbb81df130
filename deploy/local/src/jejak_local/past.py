"""A service at another moment: its application in this process, on its database of a stack, with a clock that is set.

For what takes months. What is told there leaves by the stack's own relay, and reaches all other services as ever.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import httpx2

from common.app import create_app
from common.parts import Law, Parts
from common.service import Service
from common.store.database import Database
from jejak_local.harness import FixedClock, client_of
from jejak_local.stack import Stack


@asynccontextmanager
async def service_at(
    stack: Stack, service: Service, moment: datetime
) -> AsyncIterator[tuple[httpx2.AsyncClient, FixedClock]]:
    """HTTP to the service as it is at that moment, and the clock to move on."""
    process = next(each for each in stack.processes.values() if each.service == service.name)
    said = {name.removeprefix(service.prefix).lower(): value for name, value in process.environment.items()}
    settings = service.settings.model_validate(
        {name: said[name] for name in service.settings.model_fields.keys() & said.keys()}
    )
    clock = FixedClock(moment)
    database = Database(settings.database_url)
    try:
        async with client_of(create_app(service, Parts(settings, database, clock, Law(service.rules())))) as client:
            yield client, clock
    finally:
        await database.close()
