"""The ledger over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from common.fields import Year
from common.web.parts import Reading, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from contracts.paths import NamedPerson
from training import rights
from training.domain.rules import Book
from training.standing import queries
from training.standing.schemas import AgencyJpOut, PersonJpOut

router = APIRouter(prefix="/v1", tags=["ledger"])

AskedYear = Annotated[Year | None, Query(description="the current year in Asia/Jakarta when absent")]


@router.get("/people/{person_id}/jp", summary="What a person owes and has in a year, and what gave each number")
@shows("hours")
async def get_person_jp(
    person_id: NamedPerson,
    session: Reading,
    caller: Annotated[Caller[Book], Depends(rights.READ_JP)],
    language: UsedLanguage,
    year: AskedYear = None,
) -> PersonJpOut:
    return await queries.person_jp(session, person_id, year or caller.today.year, caller, language)


@router.get("/agencies/{agency_id}/jp-summary", summary="How an agency's people stand in a year")
async def get_agency_jp(
    agency_id: UUID,
    session: Reading,
    caller: Annotated[Caller[Book], Depends(rights.READ_JP_OF_AGENCY)],
    year: AskedYear = None,
) -> AgencyJpOut:
    return await queries.agency_jp(session, agency_id, year or caller.today.year, caller)
