"""Second checks, and how far checkers agree, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from common.fields import Day
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import looked
from credit import rights
from credit.domain.books import Regulations
from credit.second_checks import commands
from credit.second_checks.queries import list_waiting, read_agreement
from credit.second_checks.schemas import AgreementsOut, SecondCheckOut, VerdictIn

router = APIRouter(prefix="/v1", tags=["second-checks"])

Checker = Annotated[Caller[Regulations], Depends(rights.CHECK)]


@router.get("/second-checks", summary="Decisions to make again, without whose they are and what was found first")
async def get_second_checks(session: Reading, caller: Checker, window: AskedWindow) -> Page[SecondCheckOut]:
    page, people = await list_waiting(session, window, caller)
    looked(session, caller, "cases", people, None, "credit")
    return page


@router.post("/second-checks/{check_id}/verdict", status_code=204, summary="Say whether all of it is in order")
async def post_verdict(check_id: UUID, body: VerdictIn, session: Transaction, caller: Checker) -> None:
    await commands.judge(session, check_id, body.verdict, caller)


@router.get(
    "/agreement", summary="How far first and second checkers agree (Cohen's kappa), and how their load is shared"
)
async def get_agreement(
    session: Reading,
    caller: Annotated[Caller[Regulations], Depends(rights.READ_AGREEMENT)],
    day: Annotated[Day | None, Query(description="of the last quarter that was over by then; today")] = None,
) -> AgreementsOut:
    return await read_agreement(session, caller, day or caller.today)
