"""Counts over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from training import rights
from training.counts import people, queries
from training.counts.schemas import AskedState, DutyCountsOut, DutyPersonOut
from training.counts.stood import AskedPeople, By
from training.domain.rules import Book

router = APIRouter(prefix="/v1", tags=["counts"])


@router.get("/duty-counts", summary="How many have met their duty, are short or exempt, on any day")
async def get_duty_counts(
    session: Reading,
    caller: Annotated[Caller[Book], Depends(rights.READ_DUTY_COUNTS)],
    language: UsedLanguage,
    asked: AskedPeople,
    by: By | None = None,
) -> DutyCountsOut:
    return await queries.duty_counts(session, asked, by, caller, language)


@router.get("/duty-people", summary="Who is in which state on a day: the people behind each count")
@shows("hours")
async def list_duty_people(
    session: Reading,
    caller: Annotated[Caller[Book], Depends(rights.READ_DUTY_PEOPLE)],
    language: UsedLanguage,
    asked: AskedPeople,
    window: AskedWindow,
    state: AskedState | None = None,
) -> Page[DutyPersonOut]:
    return await people.duty_people(session, asked, state, window, caller, language)
