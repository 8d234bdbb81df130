"""Objections and appeals over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from credit import rights
from credit.appeals import commands, issuing
from credit.appeals.queries import list_appeals, read_appeal
from credit.appeals.schemas import AnswerIn, AppealIn, AppealOut
from credit.domain.appeals import AppealState
from credit.domain.books import Regulations

router = APIRouter(prefix="/v1", tags=["appeals"])

Reader = Annotated[Caller[Regulations], Depends(rights.READ)]
Appellant = Annotated[Caller[Regulations], Depends(rights.APPEAL)]
Judge = Annotated[Caller[Regulations], Depends(rights.JUDGE_APPEALS)]

REFUSALS: dict[int | str, dict[str, Any]] = {
    403: {"description": "`own-case`, `first-judge`, or `forbidden` for a role that does not judge this level"},
    409: {"description": "`illegal-transition` or `case-moved-on`"},
}


@router.post(
    "/cases/{case_id}/appeals",
    status_code=201,
    summary="Object to a decision on a case of one's own; once that is denied, appeal",
    responses={409: {"description": "`not-contestable`, `already-appealed` or `appeal-late`"}},
)
async def file_appeal(case_id: UUID, body: AppealIn, session: Transaction, caller: Appellant) -> AppealOut:
    return await read_appeal(session, await commands.file_appeal(session, case_id, body, caller), caller)


@router.get("/appeals", summary="Objections and appeals, oldest first")
@shows("cases", introduces=True)
async def get_appeals(
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    state: AppealState | None = None,
    person_id: UUID | None = None,
) -> Page[AppealOut]:
    return await list_appeals(session, window, caller, state, person_id)


@router.get("/appeals/{appeal_id}", summary="An objection or appeal")
@shows("cases", introduces=True)
async def get_appeal(appeal_id: UUID, session: Reading, caller: Reader) -> AppealOut:
    return await read_appeal(session, appeal_id, caller)


@router.post("/appeals/{appeal_id}/withdraw", summary="Withdraw one that nobody has answered", responses=REFUSALS)
@shows("cases")
async def withdraw(appeal_id: UUID, session: Transaction, caller: Appellant) -> AppealOut:
    await commands.withdraw(session, appeal_id, caller)
    return await read_appeal(session, appeal_id, caller)


@router.post(
    "/appeals/{appeal_id}/grant", summary="Grant it; somebody else then issues what it grants", responses=REFUSALS
)
@shows("cases")
async def grant(appeal_id: UUID, body: AnswerIn, session: Transaction, caller: Judge) -> AppealOut:
    await commands.answer(session, appeal_id, "grant", body.answer, caller)
    return await read_appeal(session, appeal_id, caller)


@router.post("/appeals/{appeal_id}/deny", summary="Deny it", responses=REFUSALS)
@shows("cases")
async def deny(appeal_id: UUID, body: AnswerIn, session: Transaction, caller: Judge) -> AppealOut:
    await commands.answer(session, appeal_id, "deny", body.answer, caller)
    return await read_appeal(session, appeal_id, caller)


@router.post(
    "/appeals/{appeal_id}/issue",
    summary="Issue what was granted or held granted: its points enter the ledger, those before it are taken back",
    responses={**REFUSALS, 409: {"description": "`illegal-transition`, `case-moved-on` or `same-person`"}},
)
@shows("cases")
async def issue(appeal_id: UUID, session: Transaction, caller: Judge) -> AppealOut:
    await issuing.issue(session, appeal_id, caller)
    return await read_appeal(session, appeal_id, caller)
