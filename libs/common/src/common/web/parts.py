"""The parts of a web application, and what a route may ask for of them."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from common.parts import Parts, Role
from common.texts import Language
from common.web.problems import Catalogue, language_of
from common.web.rates import Rates
from common.web.tokens import Authenticator


@dataclass(frozen=True, kw_only=True)
class WebParts(Parts):
    """The parts of the process, and those of its web application; held once, on the application."""

    catalogue: Catalogue
    authenticator: Authenticator
    rates: Rates
    roles: Mapping[str, Role]
    """What runs beside it in the process."""
    expands: Mapping[str, str]
    """For a claim that is a name of many: the query that gives their ids."""
    withheld: str
    """The query that gives what an answer may not show."""
    revision: str | None
    """The newest migration that the code knows."""


def parts_of(request: Request) -> WebParts:
    """The parts of the application that was asked."""
    return request.app.state.parts


async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    async with parts_of(request).database.transaction() as session:
        yield session


async def reading(request: Request) -> AsyncIterator[AsyncSession]:
    async with parts_of(request).database.reading() as session:
        yield session


# Function scope: the commit happens before the answer is sent, so a failed commit never answers 200.
Transaction = Annotated[AsyncSession, Depends(transaction, scope="function")]
Reading = Annotated[AsyncSession, Depends(reading, scope="function")]


async def _language(request: Request) -> Language:
    return language_of(request.headers.get("accept-language"))


UsedLanguage = Annotated[Language, Depends(_language)]
"""The caller's language."""
