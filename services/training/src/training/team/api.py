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
from training.team import assigned, commands, queries
from training.team.schemas import AssignedOut, AssignmentIn, MemberOut, NudgeOut

router = APIRouter(prefix="/v1", tags=["team"])

Assigner = Annotated[Caller[Book], Depends(rights.ASSIGN_COURSES)]


@router.get("/team", summary="Who of those below the caller today is short, or exempt")
@shows("hours")
async def list_team(
    session: Reading, caller: Annotated[Caller[Book], Depends(rights.READ_TEAM)], window: AskedWindow
) -> Page[MemberOut]:
    return await queries.team_page(session, window, caller)


@router.post(
    "/team/{person_id}/courses",
    status_code=201,
    summary="Assign a course of the catalogue to somebody below the caller, by a day",
    responses={409: {"description": "`assigned-already`"}},
)
async def post_course(person_id: UUID, document: AssignmentIn, session: Transaction, caller: Assigner) -> AssignedOut:
    return await assigned.assign(session, person_id, document, caller)


@router.get("/team/courses", summary="The courses assigned to whoever is below the caller today")
@shows("trainings")
async def list_assigned(session: Reading, caller: Assigner, window: AskedWindow) -> Page[AssignedOut]:
    return await assigned.assigned_page(session, window, caller, own=False)


@router.post(
    "/team/courses/{assigned_id}/withdraw",
    summary="Take back a course that was assigned to somebody below the caller",
    responses={409: {"description": "`not-open`"}},
)
@shows("trainings")
async def post_withdraw(assigned_id: UUID, session: Transaction, caller: Assigner) -> AssignedOut:
    return await assigned.withdraw(session, assigned_id, caller)


@router.get("/people/me/courses", summary="The courses that the caller is to attend")
@shows("trainings")
async def list_own_courses(
    session: Reading, caller: Annotated[Caller[Book], Depends(rights.READ_OWN_COURSES)], window: AskedWindow
) -> Page[AssignedOut]:
    return await assigned.assigned_page(session, window, caller, own=True)


@router.post(
    "/team/{person_id}/nudge",
    status_code=201,
    summary="Remind somebody below the caller who is short, once a week at most",
    responses={409: {"description": "`not-short`, `nudged-already`"}},
)
async def post_nudge(
    person_id: UUID, session: Transaction, caller: Annotated[Caller[Book], Depends(rights.NUDGE)]
) -> NudgeOut:
    return await commands.nudge(session, person_id, caller)
