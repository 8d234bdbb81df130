"""Checking over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from training import rights
from training.checking import commands, queries
from training.checking.schemas import CheckOut, DecisionOut, RefuseIn, TakeIn, TakenOut
from training.domain.rules import Book

router = APIRouter(prefix="/v1", tags=["checking"])

Checker = Annotated[Caller[Book], Depends(rights.CHECK_TRAININGS)]
Reader = Annotated[Caller[Book], Depends(rights.READ_TRAININGS)]
ANSWERS: dict[int | str, dict[str, str]] = {
    409: {"description": "`check-decided`, `lease-over`, `record-revoked`, `already-verified`"}
}


@router.post("/checks:take", summary="Take the records that wait longest to be checked: nobody else is given them")
@shows("trainings")
async def post_take(document: TakeIn, session: Transaction, caller: Checker) -> TakenOut:
    return TakenOut(items=await commands.take(session, document.most, caller))


@router.get("/checks", summary="The records in your hands")
@shows("trainings", introduces=True)
async def list_checks(session: Reading, caller: Checker, window: AskedWindow) -> Page[CheckOut]:
    return await queries.held_page(session, window, caller)


@router.get(
    "/checks/{check_id}",
    summary="A record in your hands",
    responses={409: {"description": "`check-decided`, `lease-over`"}},
)
@shows("trainings", introduces=True)
async def get_check(check_id: UUID, session: Reading, caller: Checker) -> CheckOut:
    return await queries.held(session, check_id, caller)


@router.post("/checks/{check_id}/confirm", summary="Confirm a record in your hands", responses=ANSWERS)
@shows("trainings")
async def post_confirm(check_id: UUID, session: Transaction, caller: Checker) -> CheckOut:
    await commands.confirm(session, check_id, caller)
    return await queries.check(session, check_id, caller)


@router.post(
    "/checks/{check_id}/refuse",
    summary="Refuse a record in your hands: it counts no more, and whom it is about reads why",
    responses=ANSWERS,
)
@shows("trainings")
async def post_refuse(check_id: UUID, document: RefuseIn, session: Transaction, caller: Checker) -> CheckOut:
    await commands.refuse(session, check_id, document.reason, caller)
    return await queries.check(session, check_id, caller)


@router.get("/trainings/{record_id}/checks", summary="What was decided of a record, and why it was refused")
@shows("trainings")
async def list_decisions(record_id: UUID, session: Reading, caller: Reader, window: AskedWindow) -> Page[DecisionOut]:
    return await queries.decision_page(session, window, record_id, caller)
