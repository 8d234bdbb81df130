"""Who looked at somebody's record."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, TypeAdapter
from sqlalchemy import Row, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from common.texts import Language
from common.web.pages import Page, Window
from contracts.callers import Caller
from contracts.zone import JAKARTA
from registry.access.schemas import LookOut
from registry.access.tables import looks
from registry.agencies.tables import agencies
from registry.people.tables import people
from registry.texts import PARTS, offices, say

BY_TIME: TypeAdapter[tuple[AwareDatetime, UUID]] = TypeAdapter(tuple[AwareDatetime, UUID])


async def who_looked(session: AsyncSession, window: Window, caller: Caller[Any], language: Language) -> Page[LookOut]:
    """Who looked at the caller's record, the last first."""
    order = (looks.c.seen_at, looks.c.id)
    found = (
        select(looks, people.c.name, agencies.c.name.label("agency"))
        .outerjoin(people, people.c.id == looks.c.viewer_person_id)
        .outerjoin(agencies, agencies.c.id == looks.c.viewer_agency_id)
        .where(looks.c.person_ids.contains([caller.speaks_for("person")]))
        .order_by(*(column.desc() for column in order))
        .limit(window.limit + 1)
    )
    if seen := window.seen(BY_TIME):
        found = found.where(tuple_(*order) < tuple_(*map(literal, seen)))
    shown = [_shown(row, language) for row in await session.execute(found)]
    return window.page(shown, lambda look: [look.seen_at.isoformat(), look.id])


def _shown(row: Row[Any], language: Language) -> LookOut:
    return LookOut(
        id=row.id,
        seen_at=row.seen_at,
        told=_told(row, language),
        name=row.name,
        agency=row.agency,
        roles=row.roles,
        client=row.client,
        service=row.service,
        part=row.part,
        reason=row.reason,
    )


def _told(row: Row[Any], language: Language) -> str:
    who = ", ".join(each for each in (row.name, offices(row.roles, language), row.agency) if each)
    moment: datetime = row.seen_at.astimezone(JAKARTA)
    told = say(
        "look.told",
        language,
        day=moment.date(),
        time=moment.strftime("%H.%M" if language == "id" else "%H:%M"),
        who=who,
        part=say(PARTS[row.part], language),
    )
    if row.reason is None:
        return told
    why = say("look.reason", language, reason=row.reason)
    return f"{told} {why}"
