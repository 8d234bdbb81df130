"""Which sweeps are due and done, and who is short by the newest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, TypeAdapter
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Row,
    and_,
    any_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from contracts.events.training import PEOPLE_A_PAGE
from training.domain.caturwulan import pack_of
from training.domain.rules import Book
from training.ledger.tables import LedgerRow
from training.soundings.schemas import ShortfallOut, State, SweepOut
from training.soundings.tables import Shortfall, Sweep, SweepAgency
from training.texts import explained

Place = tuple[UUID, UUID, Annotated[int, Field(ge=0, lt=2**31)], UUID]
BY_PAGE: TypeAdapter[Place] = TypeAdapter(Place)


@dataclass(frozen=True)
class Task:
    """A period to sweep: by going on with the sweep `sweep_id`, or by a new one, in place of `replaces` if there is one."""

    year: int
    period: int
    sweep_id: UUID | None = None
    replaces: UUID | None = None


@dataclass(frozen=True)
class Outcome:
    """What a sweep came to: how many agencies were told of somebody short, and on how many pages."""

    year: int
    period: int
    as_of: date
    people: int
    short: int
    agencies: int
    pages: int
    seconds: float


def _is_newest() -> ColumnElement[bool]:
    """That a sweep is finished, and that no finished sweep replaces it."""
    newer = aliased(Sweep)
    replaced = exists().where(col(newer.replaces) == col(Sweep.id), col(newer.state) == "done")
    return and_(col(Sweep.state) == "done", ~replaced)


# Built once: every record that is stored asks for the newest sweeps, and building costs more than asking.
IS_NEWEST = _is_newest()
YEARS = bindparam("years", type_=ARRAY(Integer))
NEWEST = select(col(Sweep.id), col(Sweep.year), col(Sweep.period)).where(
    IS_NEWEST,
    or_(YEARS.is_(None), col(Sweep.year) == any_(YEARS)),
)


async def newest_sweeps(session: AsyncSession, years: Sequence[int] | None = None) -> Sequence[Row[UUID, int, int]]:
    """The sweeps that hold for these years, or for all: id, year and period."""
    found = await session.execute(NEWEST, {"years": years})
    return found.all()


async def tasks(session: AsyncSession, closed: Sequence[tuple[int, int]], this_year: int) -> list[Task]:
    """The `closed` periods (year, number) that were never swept, and every sweep that was begun and not finished.

    A past year of which the ledger holds nothing is from before our time: nobody is short in it.
    """
    found = await session.execute(
        text(
            "SELECT year, period, running.id AS sweep_id"
            " FROM unnest(CAST(:years AS int[]), CAST(:periods AS int[])) AS closed (year, period)"
            " FULL JOIN (SELECT id, year, period FROM sweeps WHERE state = 'running') running USING (year, period)"
            " WHERE running.id IS NOT NULL"
            " OR NOT EXISTS (SELECT FROM sweeps s WHERE s.year = closed.year AND s.period = closed.period)"
            " AND (closed.year = :this_year OR EXISTS (SELECT FROM jp_ledger l WHERE l.year = closed.year))"
            " ORDER BY year, period"
        ),
        {
            "years": [year for year, _ in closed],
            "periods": [period for _, period in closed],
            "this_year": this_year,
        },
    )
    return [Task(row.year, row.period, row.sweep_id) for row in found]


async def running_sweep(session: AsyncSession, year: int, period: int) -> UUID | None:
    """The sweep of a period that was begun and is not finished."""
    return await session.scalar(
        select(col(Sweep.id)).where(col(Sweep.year) == year, col(Sweep.period) == period, col(Sweep.state) == "running")
    )


async def outcome(session: AsyncSession, sweep_id: UUID, seconds: float) -> Outcome:
    """What a sweep came to; it took so many seconds."""
    found = await session.execute(
        text(
            "SELECT s.year, s.period, s.as_of, s.people, s.short, count(*) FILTER (WHERE a.short > 0) AS agencies,"
            " coalesce(sum((a.short + :page - 1) / :page), 0) AS pages"
            " FROM sweeps s LEFT JOIN sweep_agencies a ON a.sweep_id = s.id WHERE s.id = :id GROUP BY s.id"
        ),
        {"id": sweep_id, "page": PEOPLE_A_PAGE},
    )
    return Outcome(**found.mappings().one(), seconds=seconds)


async def list_sweeps(session: AsyncSession, caller: Caller[Book], window: Window) -> Page[SweepOut]:
    """The sweeps, newest first, with the numbers of the agencies the caller may see."""
    query = (
        select(
            Sweep,
            func.coalesce(func.sum(col(SweepAgency.people)), 0).label("people"),
            func.coalesce(func.sum(col(SweepAgency.short)), 0).label("short"),
        )
        .outerjoin(SweepAgency, and_(col(SweepAgency.sweep_id) == col(Sweep.id), caller.sees(SweepAgency.agency_id)))
        .group_by(col(Sweep.id))
        .order_by(col(Sweep.id).desc())
        .limit(window.limit + 1)
    )
    if seen := window.seen(BY_ID):
        query = query.where(col(Sweep.id) < seen[0])
    shown = [
        SweepOut.model_validate(row.Sweep.model_dump() | {"people": row.people, "short": row.short})
        for row in await session.execute(query)
    ]
    return window.page(shown, lambda sweep: [sweep.id])


async def list_shortfalls(
    session: AsyncSession,
    whom: ColumnElement[bool],
    window: Window,
    *,
    year: int | None,
    period: int | None,
    state: State | None,
    language: Language,
) -> Page[ShortfallOut]:
    """The shortfalls of the newest sweep of each period, of the people whom the condition `whom` allows."""
    order = [col(Shortfall.sweep_id), col(Shortfall.agency_id), col(Shortfall.page), col(Shortfall.person_id)]
    query = (
        select(Shortfall, Sweep, col(LedgerRow.verified).label("verified_now"))
        .join(Sweep, col(Sweep.id) == col(Shortfall.sweep_id))
        .join(
            LedgerRow,
            and_(col(LedgerRow.person_id) == col(Shortfall.person_id), col(LedgerRow.year) == col(Sweep.year)),
        )
        .where(IS_NEWEST, whom)
        .order_by(*order)
        .limit(window.limit + 1)
    )
    for column, wanted in ((Sweep.year, year), (Sweep.period, period), (Shortfall.state, state)):
        if wanted is not None:
            query = query.where(col(column) == wanted)
    if seen := window.seen(BY_PAGE):
        query = query.where(tuple_(*order) > tuple_(*map(literal, seen)))
    shown = [
        ShortfallOut.model_validate(
            row.Sweep.model_dump()
            | row.Shortfall.model_dump()
            | {"verified_now": row.verified_now, "pace": explained(pack_of(row.Sweep.year).tables.reading, language)}
        )
        for row in await session.execute(query)
    ]
    return window.page(shown, lambda found: [found.sweep_id, found.agency_id, found.page, found.person_id])
