"""Reports of programmes over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common.sheets import MEDIA_TYPE
from common.web.parts import Reading, UsedLanguage
from contracts.callers import Caller
from contracts.looks import FiguresFile
from mentoring import rights
from mentoring.programme_reports import queries
from mentoring.programme_reports.schemas import ReportOut

router = APIRouter(prefix="/v1", tags=["programmes"])

Reader = Annotated[Caller[None], Depends(rights.READ_REPORT)]


@router.get("/programmes/{programme_id}/report", summary="What came of a programme, in figures")
async def get_report(programme_id: UUID, session: Reading, caller: Reader) -> ReportOut:
    return await queries.report(session, programme_id, caller)


@router.get(
    "/programmes/{programme_id}/report/xlsx",
    summary="The same figures as a spreadsheet",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}}},
)
async def get_report_sheet(programme_id: UUID, session: Reading, language: UsedLanguage, caller: Reader) -> FiguresFile:
    content = await queries.report_sheet(session, programme_id, language, caller)
    return FiguresFile(f"jejak-programme-{programme_id}.xlsx", MEDIA_TYPE, content)
