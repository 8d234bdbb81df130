"""Reports of problems over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from mentoring import rights
from mentoring.reports import commands, queries
from mentoring.reports.schemas import (
    ConfidantsIn,
    ConfidantsOut,
    HandledReportOut,
    HandleIn,
    NoticesOut,
    ReportIn,
    ReportsOut,
)

router = APIRouter(prefix="/v1", tags=["reports"])

Reader = Annotated[Caller[None], Depends(rights.READ_PROGRAMMES)]
Keeper = Annotated[Caller[None], Depends(rights.KEEP_PROGRAMMES)]
Reporter = Annotated[Caller[None], Depends(rights.REPORT)]
Handler = Annotated[Caller[None], Depends(rights.HANDLE_REPORTS)]
Concerned = Annotated[Caller[None], Depends(rights.READ_NOTICES)]


@router.get("/programmes/{programme_id}/confidants", summary="Whom a programme names for reports of problems")
async def get_confidants(programme_id: UUID, session: Reading, caller: Reader) -> ConfidantsOut:
    del caller
    return await queries.confidants(session, programme_id)


@router.put("/programmes/{programme_id}/confidants", summary="Name whom reports of problems go to, all of them")
async def put_confidants(
    programme_id: UUID, document: ConfidantsIn, session: Transaction, caller: Keeper
) -> ConfidantsOut:
    await commands.name_confidants(session, programme_id, document, caller)
    return await queries.confidants(session, programme_id)


@router.get(
    "/pairs/{pair_id}/reports", summary="Who would read a report of a problem in a pair, and what you have reported"
)
async def list_own_reports(pair_id: UUID, session: Reading, language: UsedLanguage, caller: Reporter) -> ReportsOut:
    return await queries.own_reports(session, pair_id, language, caller)


@router.post(
    "/pairs/{pair_id}/reports",
    status_code=201,
    summary="Report a problem to a named person outside the pair and both lines",
    responses={409: {"description": "`confidant-missing`, `reports-over`"}},
)
async def post_report(
    pair_id: UUID, document: ReportIn, session: Transaction, language: UsedLanguage, caller: Reporter
) -> ReportsOut:
    await commands.send(session, pair_id, document, caller)
    return await queries.own_reports(session, pair_id, language, caller)


@router.get("/reports", summary="The reports that went to you")
@shows("mentoring")
async def list_reports(session: Reading, caller: Handler, window: AskedWindow) -> Page[HandledReportOut]:
    return await queries.handled_page(session, window, caller)


@router.post(
    "/reports/{report_id}/handle",
    summary="Say what became of a report: to its sender, and if you will to the person concerned",
    responses={409: {"description": "`report-handled`, `pair-not-active`"}},
)
@shows("mentoring")
async def post_handle(report_id: UUID, document: HandleIn, session: Transaction, caller: Handler) -> HandledReportOut:
    return await commands.handle(session, report_id, document, caller)


@router.get("/reports/notices", summary="What you were told of reports that concerned you")
async def list_notices(session: Reading, caller: Concerned) -> NoticesOut:
    return await queries.notices(session, caller)
