"""Flags of records over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from training import rights
from training.domain.rules import Book
from training.plausibility import commands, queries
from training.plausibility.schemas import AnswerIn, RecordFlagOut, SettleIn

router = APIRouter(prefix="/v1", tags=["plausibility"])

Reader = Annotated[Caller[Book], Depends(rights.READ_RECORD_FLAGS)]
Answerer = Annotated[Caller[Book], Depends(rights.ANSWER_RECORD_FLAGS)]
Settler = Annotated[Caller[Book], Depends(rights.SETTLE_RECORD_FLAGS)]
SETTLED: dict[int | str, dict[str, str]] = {409: {"description": "`flag-settled`"}}


@router.get("/record-flags", summary="What points at records that were not earned as told; what was judged, if asked")
@shows("trainings")
async def list_flags(
    session: Reading,
    language: UsedLanguage,
    caller: Reader,
    window: AskedWindow,
    person_id: UUID | None = None,
    *,
    settled: bool = False,
) -> Page[RecordFlagOut]:
    return await queries.flag_page(session, window, person_id, language, caller, settled=settled)


@router.post("/record-flags/{flag_id}/answer", summary="Say what you have to say to a flag of yours", responses=SETTLED)
@shows("trainings")
async def post_answer(
    flag_id: UUID, document: AnswerIn, session: Transaction, language: UsedLanguage, caller: Answerer
) -> RecordFlagOut:
    await commands.answer(session, flag_id, document.answer, caller)
    return await queries.flag(session, flag_id, language, caller)


@router.post(
    "/record-flags/{flag_id}/settle",
    summary="Say what you found, with the reason; the record stays as it is",
    responses=SETTLED,
)
@shows("trainings")
async def post_settle(
    flag_id: UUID, document: SettleIn, session: Transaction, language: UsedLanguage, caller: Settler
) -> RecordFlagOut:
    await commands.settle(session, flag_id, document, caller)
    return await queries.flag(session, flag_id, language, caller)
