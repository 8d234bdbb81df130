"""The end of pairs and their hours over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.parts import Reading, Transaction, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from mentoring import rights
from mentoring.completion import commands, queries
from mentoring.completion.schemas import CompletionsOut, EndIn
from mentoring.pairs.schemas import DeskPairOut

router = APIRouter(prefix="/v1", tags=["completion"])

Keeper = Annotated[Caller[None], Depends(rights.KEEP_PAIRS)]
OneOfBoth = Annotated[Caller[None], Depends(rights.MEET)]
Reader = Annotated[Caller[None], Depends(rights.READ_SESSIONS)]
Mentee = Annotated[Caller[None], Depends(rights.READ_HOURS)]


@router.get("/pairs/{pair_id}/completions", summary="The sessions of a pair as they were told for their hours, by year")
@shows("mentoring")
async def get_completions(pair_id: UUID, session: Reading, language: UsedLanguage, caller: Reader) -> CompletionsOut:
    return await queries.completions(session, pair_id, language, caller)


@router.get(
    "/completions/me", summary="What was told of you for your hours, of pairs, circles and talks, and what became of it"
)
@shows("mentoring")
async def get_own_completions(session: Reading, language: UsedLanguage, caller: Mentee) -> CompletionsOut:
    return await queries.own_completions(session, language, caller)


@router.post(
    "/pairs/{pair_id}/end-reviewed",
    summary="End a pair that is up for review, with a reason that both read; the sessions that were held count",
    responses={409: {"description": "`pair-not-in-review`, `pair-not-active`"}},
)
@shows("mentoring")
async def post_end_reviewed(pair_id: UUID, document: EndIn, session: Transaction, caller: Keeper) -> DeskPairOut:
    return DeskPairOut.model_validate(await commands.end_reviewed(session, pair_id, document.reason, caller))


@router.post(
    "/pairs/{pair_id}/end",
    summary="Leave a pair before its time; the sessions that were held count",
    responses={409: {"description": "`pair-not-active`"}},
)
@shows("mentoring")
async def post_end(
    pair_id: UUID, document: EndIn, session: Transaction, language: UsedLanguage, caller: OneOfBoth
) -> CompletionsOut:
    await commands.end(session, pair_id, document.reason, caller)
    return await queries.completions(session, pair_id, language, caller)
