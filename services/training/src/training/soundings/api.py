"""Reading sweeps and shortfalls."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy import and_, true
from sqlmodel import col

from common.fields import Year
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from training import rights
from training.domain.rules import Book
from training.soundings import queries
from training.soundings.schemas import ShortfallOut, State, SweepOut
from training.soundings.tables import Shortfall

router = APIRouter(prefix="/v1", tags=["soundings"])

Reader = Annotated[Caller[Book], Depends(rights.READ_SOUNDINGS)]
Period = Annotated[int | None, Query(ge=1, le=3)]


@router.get("/sweeps", summary="Sweeps of the caturwulan periods, newest first")
async def sweeps(caller: Reader, session: Reading, window: AskedWindow) -> Page[SweepOut]:
    return await queries.list_sweeps(session, caller, window)


@router.get("/shortfalls", summary="People below what was due, by the newest sweep of each period")
@shows("shortfalls")
async def shortfalls(
    caller: Reader,
    session: Reading,
    window: AskedWindow,
    language: UsedLanguage,
    agency_id: UUID | None = None,
    year: Year | None = None,
    period: Period = None,
    state: State | None = None,
) -> Page[ShortfallOut]:
    asked = true() if agency_id is None else col(Shortfall.agency_id) == agency_id
    whom = and_(caller.sees(Shortfall.agency_id), asked)
    return await queries.list_shortfalls(
        session, whom, window, year=year, period=period, state=state, language=language
    )


@router.get("/people/me/shortfalls", summary="Your own shortfalls")
@shows("shortfalls")
async def own_shortfalls(
    caller: Annotated[Caller[Book], Depends(rights.READ_OWN_SHORTFALLS)],
    session: Reading,
    window: AskedWindow,
    language: UsedLanguage,
    year: Year | None = None,
    period: Period = None,
    state: State | None = None,
) -> Page[ShortfallOut]:
    whom = col(Shortfall.person_id) == caller.speaks_for("person")
    return await queries.list_shortfalls(
        session, whom, window, year=year, period=period, state=state, language=language
    )
