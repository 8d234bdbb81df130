"""Reading posts as of a day, always within the caller's agency."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.web.pages import Page, Window
from contracts.callers import Caller
from registry.agencies.queries import BY_CODE, agency
from registry.periods import holds
from registry.posts.schemas import HolderOut, PostHistoryOut, PostOut, PostStateOut
from registry.posts.tables import holdings, post_states, posts
from registry.resting import resting


async def post(session: AsyncSession, post_id: UUID, caller: Caller[None], as_of: date | None = None) -> PostOut:
    """One post as of a day. Raises Refused `not-found`, also for a day on which it was not there."""
    found = _as_of(as_of or caller.today).where(posts.c.id == post_id, caller.sees(posts.c.agency_id))
    row = (await session.execute(found)).one_or_none()
    if row is None:
        raise Refused("not-found")
    return PostOut(**row._asdict())


async def just_changed(session: AsyncSession, post_id: UUID, day: date) -> PostOut:
    """A post the caller has just changed, on the day nearest to `day` on which it is there."""
    nearest = func.abs(post_states.c.valid_from - literal(day, Date))
    found = _states(day).where(posts.c.id == post_id).order_by(post_states.c.valid_from > day, nearest)
    return PostOut(**(await session.execute(found.limit(1))).one()._asdict())


async def post_page(
    session: AsyncSession,
    agency_id: UUID,
    window: Window,
    caller: Caller[None],
    as_of: date | None,
    unit_id: UUID | None,
) -> Page[PostOut]:
    """The posts of an agency, or of one of its units, on a day, in the order of their codes.

    Raises Refused `not-found` for an agency out of sight.
    """
    await agency(session, agency_id, caller)
    found = _as_of(as_of or caller.today).where(posts.c.agency_id == agency_id).order_by(posts.c.code)
    if unit_id is not None:
        found = found.where(post_states.c.unit_id == unit_id)
    if seen := window.seen(BY_CODE):
        found = found.where(posts.c.code > seen[0])
    rows = [PostOut(**row._asdict()) for row in await session.execute(found.limit(window.limit + 1))]
    return window.page(rows, key=lambda row: [row.code])


async def history(session: AsyncSession, post_id: UUID, caller: Caller[None]) -> PostHistoryOut:
    """Everything on record of a post, and who held it but for those whose record rests. Raises Refused `not-found`."""
    row = (
        await session.execute(select(posts).where(posts.c.id == post_id, caller.sees(posts.c.agency_id)))
    ).one_or_none()
    if row is None:
        raise Refused("not-found")
    states = select(post_states).where(post_states.c.post_id == post_id).order_by(post_states.c.valid_from)
    held = select(holdings).where(holdings.c.post_id == post_id).order_by(holdings.c.valid_from, holdings.c.person_id)
    holders = (await session.execute(held)).all()
    hidden = await resting(session, {holder.person_id for holder in holders}, caller)
    return PostHistoryOut(
        post_id=post_id,
        agency_id=row.agency_id,
        code=row.code,
        states=[PostStateOut.model_validate(state, from_attributes=True) for state in await session.execute(states)],
        holders=[
            HolderOut.model_validate(holder, from_attributes=True)
            for holder in holders
            if holder.person_id not in hidden
        ],
        version=row.version,
    )


def _states(as_of: date) -> Select[*tuple[Any, ...]]:
    day = literal(as_of, Date)
    own = (
        select(func.count())
        .select_from(holdings)
        .where(
            holdings.c.post_id == posts.c.id,
            holdings.c.kind == "definitive",
            holds(holdings, day),
        )
        .scalar_subquery()
    )
    return select(
        posts.c.id,
        posts.c.agency_id,
        posts.c.code,
        post_states.c.type,
        post_states.c.name,
        post_states.c.jenjang,
        post_states.c.unit_id,
        post_states.c.seats,
        post_states.c.superior_id,
        post_states.c.valid_from,
        post_states.c.valid_to,
        own.label("holders"),
        posts.c.version,
    ).join(post_states, post_states.c.post_id == posts.c.id)


def _as_of(as_of: date) -> Select[*tuple[Any, ...]]:
    return _states(as_of).where(holds(post_states, literal(as_of, Date)))
