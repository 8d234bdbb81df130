"""My team over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from training import rights
from training.domain.rules import Book
from training.team import commands, queries
from training.team.schemas import MemberOut, NudgeOut

router = APIRouter(prefix="/v1/team", tags=["team"])


@router.get("", summary="Who of those below the caller today is short, or exempt")
@shows("hours")
async def list_team(
    session: Reading, caller: Annotated[Caller[Book], Depends(rights.READ_TEAM)], window: AskedWindow
) -> Page[MemberOut]:
    return await queries.team_page(session, window, caller)


@router.post(
    "/{person_id}/nudge",
    status_code=201,
    summary="Remind somebody below the caller who is short, once a week at most",
    responses={409: {"description": "`not-short`, `nudged-already`"}},
)
async def post_nudge(
    person_id: UUID, session: Transaction, caller: Annotated[Caller[Book], Depends(rights.NUDGE)]
) -> NudgeOut:
    return await commands.nudge(session, person_id, caller)
