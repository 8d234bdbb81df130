"""What a route may ask for: a session that reads or writes, the clock, the key of NIP hashes, the caller's language."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.store.database import Database
from common.texts import Language
from common.web.problems import language_of


async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.transaction() as session:
        yield session


async def reading(request: Request) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.reading() as session:
        yield session


# Function scope: the commit happens before the answer is sent, so a failed commit never answers 200.
Transaction = Annotated[AsyncSession, Depends(transaction, scope="function")]
Reading = Annotated[AsyncSession, Depends(reading, scope="function")]


async def _clock(request: Request) -> Clock:
    return request.app.state.clock


async def _nip_key(request: Request) -> str:
    return request.app.state.settings.nip_key.get_secret_value()


UsedClock = Annotated[Clock, Depends(_clock)]
UsedNipKey = Annotated[str, Depends(_nip_key)]
"""The key of NIP hashes."""


async def _language(request: Request) -> Language:
    return language_of(request.headers.get("accept-language"))


UsedLanguage = Annotated[Language, Depends(_language)]
"""The caller's language."""
