"""Reading requests to mend data."""

from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from credit.data_fixes.schemas import DataFixOut
from credit.data_fixes.tables import data_fixes
from credit.domain.books import Regulations
from credit.people import PEOPLE
from credit.texts import say


async def read_fix(session: AsyncSession, fix_id: UUID, caller: Caller[Regulations], language: Language) -> DataFixOut:
    """One request. Raises Refused `not-found`."""
    row = (await session.execute(_seen(caller).where(data_fixes.c.id == fix_id))).mappings().one_or_none()
    if row is None:
        raise Refused("not-found")
    return _view(row, caller, language)


async def list_fixes(
    session: AsyncSession, window: Window, caller: Caller[Regulations], language: Language, *, state: str | None
) -> Page[DataFixOut]:
    """Requests within the caller's reach, in the order they were asked."""
    found = _seen(caller) if state is None else _seen(caller).where(data_fixes.c.state == state)
    rows = (await session.execute(window.narrow(found, data_fixes.c.id, BY_ID))).mappings().all()
    return window.page([_view(row, caller, language) for row in rows], lambda fix: [fix.id])


def _seen(caller: Caller[Regulations]) -> Select[Any]:
    return (
        select(data_fixes)
        .join(PEOPLE.table, PEOPLE.c.person_id == data_fixes.c.person_id)
        .where(PEOPLE.seen_by(caller))
    )


def _view(row: RowMapping, caller: Caller[Regulations], language: Language) -> DataFixOut:
    rules = next(pack.tables for pack in caller.rules.data_fixes.packs if pack.id == row["rule_pack"])
    way = rules.of(row["kind"])
    overdue = row["state"] == "open" and row["due_on"] < caller.today
    return DataFixOut(**row, route=way.route, way=say(way.text, language), overdue=overdue, status=rules.status)
