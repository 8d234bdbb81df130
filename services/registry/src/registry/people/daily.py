"""Changes recorded ahead whose day has come: the people they concern are announced again."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.database import Database
from contracts.callers import Caller
from registry.people.commands import PAGE, announce

BEGUN = text(
    "SELECT id FROM people WHERE erased_on IS NULL AND EXISTS ("
    " SELECT FROM (SELECT person_id, valid_from FROM assignments"
    "  UNION ALL SELECT person_id, valid_from FROM grades"
    "  UNION ALL SELECT person_id, valid_from FROM statuses"
    "  UNION ALL SELECT person_id, valid_from FROM educations) dated"
    " WHERE person_id = people.id AND valid_from > announced_on AND valid_from <= :today)"
    " ORDER BY id LIMIT :page"
)


EVERYBODY = text("SELECT id FROM people WHERE erased_on IS NULL AND id > :after ORDER BY id LIMIT :page")


async def announce_everybody(database: Database, caller: Caller[None]) -> int:
    """Announces everybody as they are, in one transaction a page, and returns how many."""
    total, after = 0, UUID(int=0)
    while True:
        async with database.transaction() as session:
            ids = (await session.scalars(EVERYBODY, {"after": after, "page": PAGE})).all()
            await announce(session, ids, caller)
        total += len(ids)
        if len(ids) < PAGE:
            return total
        after = ids[-1]


async def announce_begun(session: AsyncSession, caller: Caller[None]) -> int:
    """Announces a page of the people for whom something recorded ahead has begun since their last event."""
    ids = (await session.execute(BEGUN, {"today": caller.today, "page": PAGE})).scalars().all()
    await announce(session, ids, caller)
    return len(ids)


async def announce_all_begun(database: Database, caller: Caller[None]) -> int:
    """Announces all of them, in one transaction a page, and returns how many. Run again, it finds nobody."""
    total = 0
    while True:
        async with database.transaction() as session:
            announced = await announce_begun(session, caller)
        total += announced
        if announced < PAGE:
            return total
