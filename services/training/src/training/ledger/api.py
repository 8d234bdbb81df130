"""The ledger over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from common.fields import Year
from common.web.parts import Reading, UsedLanguage
from training.desk import Desk, desk_for
from training.ledger import queries
from training.ledger.schemas import AgencyJp, PersonJp

router = APIRouter(prefix="/v1", tags=["ledger"])

AskedYear = Annotated[Year | None, Query(description="the current year in Asia/Jakarta when absent")]


@router.get("/people/{person_id}/jp", summary="What a person owes and has in a year, and what gave each number")
async def get_person_jp(
    person_id: UUID | Literal["me"],
    session: Reading,
    desk: Annotated[Desk, Depends(desk_for("lan", "analis", "service", "agency_hr", "inspector", "person"))],
    language: UsedLanguage,
    year: AskedYear = None,
) -> PersonJp:
    asked = desk.principal.speaks_for("person") if person_id == "me" else person_id
    counted = year or desk.clock.today().year
    return await queries.person_jp(session, asked, counted, desk.principal, desk.book, language)


@router.get("/agencies/{agency_id}/jp-summary", summary="How an agency's people stand in a year")
async def get_agency_jp(
    agency_id: UUID,
    session: Reading,
    desk: Annotated[Desk, Depends(desk_for("lan", "analis", "service", "agency_hr", "inspector"))],
    year: AskedYear = None,
) -> AgencyJp:
    today = desk.clock.today()
    return await queries.agency_jp(session, agency_id, year or today.year, desk.principal, today)
