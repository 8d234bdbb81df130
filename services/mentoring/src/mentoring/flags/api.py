"""Flags over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from mentoring import rights
from mentoring.flags import commands, queries
from mentoring.flags.schemas import FlagOut, SettleIn

router = APIRouter(prefix="/v1", tags=["flags"])

Reader = Annotated[Caller[None], Depends(rights.READ_FLAGS)]
Settler = Annotated[Caller[None], Depends(rights.SETTLE_FLAGS)]


@router.get(
    "/programmes/{programme_id}/flags",
    summary="What points at sessions that were not held as told; what was judged, if asked",
)
@shows("mentoring")
async def list_flags(
    programme_id: UUID,
    session: Reading,
    language: UsedLanguage,
    caller: Reader,
    window: AskedWindow,
    *,
    settled: bool = False,
) -> Page[FlagOut]:
    return await queries.flag_page(session, window, programme_id, language, caller, settled=settled)


@router.post(
    "/flags/{flag_id}/settle",
    summary="Say what you found, with the reason; the sessions stay as they are",
    responses={409: {"description": "`flag-settled`"}},
)
@shows("mentoring")
async def post_settle(
    flag_id: UUID, document: SettleIn, session: Transaction, language: UsedLanguage, caller: Settler
) -> FlagOut:
    await commands.settle(session, flag_id, document, caller)
    return await queries.flag(session, flag_id, language, caller)
