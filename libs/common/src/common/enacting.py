"""Rules that a service's database makes law while its processes run: each takes them over by itself.

What is made law holds from a later day, so that every process has it long before. One that cannot ask takes nothing else from its
database either, and one that starts asks first.
"""

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from common.parts import Parts
from common.steady import Steady
from common.store.transient import insist

Enacts = Callable[[AsyncSession, Any], Awaitable[Any]]
"""Gives the rules with what the database has made law since; the same where there is nothing new."""
START_SECONDS = 60.0


async def take_over(parts: Parts, enacts: Enacts) -> None:
    """Lets a process go by what has been made law until now."""
    async with parts.database.reading() as session:
        parts.law.rules = await enacts(session, parts.rules)


async def begin_with(parts: Parts, enacts: Enacts) -> None:
    """What a process does before anything else; it waits for its database."""
    await insist(lambda: take_over(parts, enacts), seconds=START_SECONDS, what="take over what was made law")


class Enacting(Steady):
    """The role that asks again and again."""

    pause: ClassVar[float] = 30.0

    def __init__(self, parts: Parts, enacts: Enacts) -> None:
        super().__init__()
        self._parts = parts
        self._enacts = enacts

    async def turn(self) -> int:
        await take_over(self._parts, self._enacts)
        return 0
