"""Histories of SIASN over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from common.web.parts import Transaction
from connectors import rights
from connectors.histories.commands import hear
from connectors.histories.schemas import HistoryIn, HistoryOut
from contracts.callers import Caller
from contracts.looks import shows

router = APIRouter(prefix="/v1/siasn", tags=["siasn"])


@router.post("/histories", summary="Read what was downloaded from SIASN of somebody, and report what is not here")
@shows("trainings")
async def post_history(
    history: HistoryIn, session: Transaction, caller: Annotated[Caller[Any], Depends(rights.KEEP_SIASN)]
) -> HistoryOut:
    return await hear(session, history, caller)
