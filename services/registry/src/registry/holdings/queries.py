"""Where people serve on a day, and who stands above them: a fixed number of statements for any number of people."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.web.pages import Page, Window
from contracts.callers import Caller
from registry.holdings.schemas import PlaceOut, PostOfPlace, SuperiorOut, UnitOfPath
from registry.people import queries as people
from registry.people.schemas import PersonOut
from registry.resting import resting
from roster.days import covers_sql
from roster.lines import paths_sql, superiors_sql

_DAY = "CAST(:day AS date)"
_UNITS = text(
    f"""
    SELECT path.down_to, units.id, units.code, state.name
    FROM ({paths_sql("CAST(:ids AS uuid[])", _DAY)}) path
    JOIN units ON units.id = path.unit_id
    JOIN unit_states state ON state.unit_id = units.id AND {covers_sql("state", _DAY)}
    ORDER BY path.down_to, path.level
    """  # noqa: S608 - built of names in our own code
)
_POSTS = text(
    f"""
    SELECT line.person_id, line.kind, posts.id, posts.code, state.type, state.name, state.jenjang,
        line.above_id, above.name AS above_name, line.above_post_id, above_state.name AS above_post_name, line.above_kind
    FROM ({superiors_sql("CAST(:ids AS uuid[])", _DAY)}) line
    JOIN posts ON posts.id = line.post_id
    JOIN post_states state ON state.post_id = posts.id AND {covers_sql("state", _DAY)}
    LEFT JOIN people above ON above.id = line.above_id
    LEFT JOIN post_states above_state ON above_state.post_id = line.above_post_id AND {covers_sql("above_state", _DAY)}
    """  # noqa: S608 - built of names in our own code
)


async def place(session: AsyncSession, person_id: UUID, caller: Caller[None], as_of: date | None) -> PlaceOut:
    """Where somebody serves on a day, for whom the agency of that day is their own. Raises Refused `not-found`."""
    person = await people.person(session, person_id, caller, as_of)
    _check_reached(person.agency_id, caller, as_of)
    [found] = await _places(session, [person], caller)
    return found


async def own_place(session: AsyncSession, caller: Caller[None], as_of: date | None) -> PlaceOut:
    """Where the caller serves on a day. Raises Refused `not-found`."""
    [found] = await _places(session, [await people.oneself(session, caller, as_of)], caller)
    return found


async def just_changed(session: AsyncSession, person_id: UUID, caller: Caller[None], day: date) -> PlaceOut:
    """Where somebody serves on a day for which the caller has just given them a post, or taken one."""
    [found] = await _places(session, [await people.just_changed(session, person_id, caller, day)], caller)
    return found


async def place_page(
    session: AsyncSession,
    window: Window,
    caller: Caller[None],
    *,
    agency_id: UUID,
    unit_id: UUID | None,
    as_of: date | None,
) -> Page[PlaceOut]:
    """Where the people of an agency, or of one of its units, serve on a day. Raises Refused `not-found`."""
    _check_reached(agency_id, caller, as_of)
    day = as_of or caller.today
    found = await people.people_page(session, window, caller, agency_id=agency_id, unit_id=unit_id, as_of=day)
    return Page(items=await _places(session, found.items, caller), next=found.next)


def _check_reached(agency_id: UUID, caller: Caller[None], as_of: date | None) -> None:
    """A place names a superior, whom nobody sees by seeing who once served below them."""
    if not caller.reaches(agency_id, as_of):
        raise Refused("not-found")


async def _places(session: AsyncSession, found: Sequence[PersonOut], caller: Caller[None]) -> list[PlaceOut]:
    """The places of people who are all shown as of one day."""
    if not found:
        return []
    day = found[0].as_of
    asked = {"ids": list({person.unit_id for person in found if person.unit_id}), "day": day}
    paths: defaultdict[UUID, list[UnitOfPath]] = defaultdict(list)
    for row in await session.execute(_UNITS, asked):
        paths[row.down_to].append(UnitOfPath(id=row.id, code=row.code, name=row.name))
    asked = {"ids": [person.id for person in found], "day": day}
    held = {row.person_id: row for row in await session.execute(_POSTS, asked)}
    hidden = await resting(session, {row.above_id for row in held.values() if row.above_id}, caller)
    return [
        PlaceOut(
            person_id=person.id,
            as_of=day,
            agency_id=person.agency_id,
            units=paths[person.unit_id] if person.unit_id else [],
            post=PostOfPlace.model_validate(row, from_attributes=True) if row else None,
            superior=SuperiorOut(
                person_id=row.above_id,
                name=None if row.above_id in hidden else row.above_name,
                post_id=row.above_post_id,
                post_name=row.above_post_name,
                kind=row.above_kind,
            )
            if row and row.above_id
            else None,
        )
        for person in found
        for row in [held.get(person.id)]
    ]
