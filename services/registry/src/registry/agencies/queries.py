"""Reading agencies and PICs, always within the caller's agency."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Date, Exists, Select, and_, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.web.pages import Page, Window
from contracts.callers import Caller
from registry.agencies.schemas import AgencyOut, AgencyWithoutPic, PicOut, PicsOut
from registry.agencies.tables import agencies, agency_places, pics
from registry.domain.agency import Kind
from registry.fields import Code
from registry.periods import holds

BY_CODE: TypeAdapter[tuple[Code]] = TypeAdapter(tuple[Code])


async def agency(session: AsyncSession, agency_id: UUID, caller: Caller[None], as_of: date | None = None) -> AgencyOut:
    """One agency. Raises Refused `not-found`."""
    found = _as_of(as_of or caller.today).where(
        agencies.c.id == agency_id, or_(caller.sees(agencies.c.id), caller.sees(agencies.c.id, as_of))
    )
    row = (await session.execute(found)).one_or_none()
    if row is None:
        raise Refused("not-found")
    return AgencyOut(**row._asdict())


async def agency_page(
    session: AsyncSession,
    window: Window,
    caller: Caller[None],
    kind: Kind | None,
    region: str | None,
    as_of: date | None,
) -> Page[AgencyOut]:
    """Agencies in the order of their codes."""
    found = _as_of(as_of or caller.today).where(caller.sees(agencies.c.id, as_of))
    found = found.order_by(agencies.c.code).limit(window.limit + 1)
    if kind is not None:
        found = found.where(agencies.c.kind == kind)
    if region is not None:
        found = found.where(agency_places.c.region == region)
    if seen := window.seen(BY_CODE):
        found = found.where(agencies.c.code > seen[0])
    rows = [AgencyOut(**row._asdict()) for row in await session.execute(found)]
    return window.page(rows, key=lambda row: [row.code])


async def without_pic(session: AsyncSession, window: Window, caller: Caller[None]) -> Page[AgencyWithoutPic]:
    """Active agencies without a main PIC or without a deputy, in the order of their codes."""
    found = (
        _as_of(caller.today)
        .add_columns(_has("main").label("has_main"), _has("deputy").label("has_deputy"))
        .where(caller.sees(agencies.c.id), agencies.c.active, ~_has("main") | ~_has("deputy"))
        .order_by(agencies.c.code)
        .limit(window.limit + 1)
    )
    if seen := window.seen(BY_CODE):
        found = found.where(agencies.c.code > seen[0])
    rows = [AgencyWithoutPic(**row._asdict()) for row in await session.execute(found)]
    return window.page(rows, key=lambda row: [row.code])


async def pics_of(session: AsyncSession, agency_id: UUID, caller: Caller[None]) -> PicsOut:
    """The PICs of an agency, main first. Raises Refused `not-found`."""
    owner = await agency(session, agency_id, caller)
    found = select(pics).where(pics.c.agency_id == agency_id).order_by(pics.c.rank.desc())
    named = [PicOut.model_validate(row, from_attributes=True) for row in await session.execute(found)]
    return PicsOut(agency_id=agency_id, pics=named, version=owner.version)


def _as_of(day: date) -> Select[*tuple[Any, ...]]:
    """Agencies, each with its place of a day."""
    there = and_(agency_places.c.agency_id == agencies.c.id, holds(agency_places, literal(day, Date)))
    return select(agencies, agency_places.c.region, agency_places.c.zone).join(agency_places, there)


def _has(rank: str) -> Exists:
    return exists().where(pics.c.agency_id == agencies.c.id, pics.c.rank == rank)
