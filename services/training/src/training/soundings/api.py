"""Reading sweeps and shortfalls."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy import and_, true
from sqlmodel import col

from common.fields import Year
from common.web.auth import Principal, allow
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, UsedLanguage
from training.soundings import queries
from training.soundings.schemas import ShownShortfall, ShownSweep, State
from training.soundings.tables import Shortfall

router = APIRouter(prefix="/v1", tags=["soundings"])

Reader = Annotated[Principal, Depends(allow("lan", "analis", "service", "agency_hr", "verifier", "inspector"))]
Period = Annotated[int | None, Query(ge=1, le=3)]


@router.get("/sweeps", summary="Sweeps of the caturwulan periods, newest first")
async def sweeps(principal: Reader, session: Reading, window: AskedWindow) -> Page[ShownSweep]:
    return await queries.list_sweeps(session, principal, window)


@router.get("/shortfalls", summary="People below what was due, by the newest sweep of each period")
async def shortfalls(
    principal: Reader,
    session: Reading,
    window: AskedWindow,
    language: UsedLanguage,
    agency_id: UUID | None = None,
    year: Year | None = None,
    period: Period = None,
    state: State | None = None,
) -> Page[ShownShortfall]:
    asked = true() if agency_id is None else col(Shortfall.agency_id) == agency_id
    whom = and_(principal.sees(Shortfall.agency_id), asked)
    return await queries.list_shortfalls(
        session, whom, window, year=year, period=period, state=state, language=language
    )


@router.get("/people/me/shortfalls", summary="Your own shortfalls")
async def own_shortfalls(
    principal: Annotated[Principal, Depends(allow("person"))],
    session: Reading,
    window: AskedWindow,
    language: UsedLanguage,
    year: Year | None = None,
    period: Period = None,
    state: State | None = None,
) -> Page[ShownShortfall]:
    whom = col(Shortfall.person_id) == principal.speaks_for("person")
    return await queries.list_shortfalls(
        session, whom, window, year=year, period=period, state=state, language=language
    )
