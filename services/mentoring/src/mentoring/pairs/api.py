"""Pairs over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading
from contracts.callers import Caller
from contracts.looks import shows
from mentoring import rights
from mentoring.domain.pairs import State
from mentoring.pairs import queries
from mentoring.pairs.schemas import DeskPairOut, PairOut

router = APIRouter(prefix="/v1", tags=["pairs"])

Reader = Annotated[Caller[None], Depends(rights.READ_PAIRS)]
OneOfBoth = Annotated[Caller[None], Depends(rights.READ_OWN_PAIRS)]


@router.get("/pairs/me", summary="The pairs you are or were one of")
@shows("mentoring")
async def list_own_pairs(session: Reading, caller: OneOfBoth, window: AskedWindow) -> Page[PairOut]:
    return await queries.own_pairs(session, window, caller)


@router.get("/programmes/{programme_id}/pairs", summary="The pairs of a programme, drafts too")
@shows("mentoring")
async def list_pairs(
    programme_id: UUID, session: Reading, caller: Reader, window: AskedWindow, state: State | None = None
) -> Page[DeskPairOut]:
    return await queries.pair_page(session, window, programme_id, state, caller)
