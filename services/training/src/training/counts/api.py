"""Counts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from common.fields import Day, Line
from common.web.parts import Reading, UsedLanguage
from contracts.callers import Caller
from training import rights
from training.counts import queries
from training.counts.schemas import By, DutyCountsOut, DutyTotalsOut, TotalsBy
from training.domain.rules import Book

router = APIRouter(prefix="/v1", tags=["counts"])


@router.get("/duty-counts", summary="How many have met their duty, are short or exempt, on any day")
async def get_duty_counts(
    session: Reading,
    caller: Annotated[Caller[Book], Depends(rights.READ_DUTY_COUNTS)],
    language: UsedLanguage,
    day: Annotated[Day | None, Query(description="today in Asia/Jakarta when absent")] = None,
    by: By | None = None,
    region: Line | None = None,
    agency_id: UUID | None = None,
    unit_id: UUID | None = None,
    jenjang: Line | None = None,
    position: Line | None = None,
) -> DutyCountsOut:
    asked = queries.Asked(region, agency_id, unit_id, jenjang, position)
    return await queries.duty_counts(session, asked, by, day, caller, language)


@router.get("/duty-totals", summary="How many had met their duty at the end of a caturwulan, without small groups")
async def get_duty_totals(
    session: Reading,
    caller: Annotated[Caller[Book], Depends(rights.READ_DUTY_TOTALS)],
    by: TotalsBy | None = None,
) -> DutyTotalsOut:
    return await queries.duty_totals(session, by, caller)
