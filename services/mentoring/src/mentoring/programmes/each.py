"""What is done once a day for programmes, each in a transaction of its own: one that takes long holds up no other."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.database import Database

HELD = text("SELECT id FROM programmes WHERE id = :programme FOR NO KEY UPDATE")


async def for_each(database: Database, which: TextClause, step: Callable[[AsyncSession, UUID], Awaitable[int]]) -> int:
    """Does a step for each programme whose id `which` gives, while nobody else does it; returns what the steps add up to."""
    async with database.transaction() as session:
        programmes = (await session.scalars(which)).all()
    done = 0
    for programme_id in programmes:
        async with database.transaction() as session:
            await session.execute(HELD, {"programme": programme_id})
            done += await step(session, programme_id)
    return done
