"""Reports over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, UsedLanguage
from connectors import rights
from connectors.domain.standing import State
from connectors.reports import commands, queries
from connectors.reports.schemas import DecisionIn, ReportOut
from contracts.callers import Caller
from contracts.looks import shows

router = APIRouter(prefix="/v1", tags=["reports"])

Reader = Annotated[Caller[None], Depends(rights.READ_CONNECTIONS)]
Decider = Annotated[Caller[None], Depends(rights.DECIDE_REPORTS)]


@router.get("/connections/{connection_id}/reports", summary="What a connection has reported, and what became of each")
@shows("trainings")
async def list_reports(
    connection_id: UUID,
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    language: UsedLanguage,
    state: Annotated[State | None, Query(description="only those in this state")] = None,
) -> Page[ReportOut]:
    return await queries.report_page(session, window, connection_id, state, language, caller)


@router.post(
    "/connections/{connection_id}/reports/{report_id}/decide",
    summary="Decide whether a possible double, or what is disputed, counts",
    responses={409: {"description": "`nothing-to-decide`"}},
)
@shows("trainings")
async def post_decision(
    connection_id: UUID,
    report_id: UUID,
    decision: DecisionIn,
    session: Transaction,
    caller: Decider,
    language: UsedLanguage,
) -> ReportOut:
    await commands.decide(session, connection_id, report_id, decision, caller)
    return await queries.one_report(session, connection_id, report_id, language, caller)
