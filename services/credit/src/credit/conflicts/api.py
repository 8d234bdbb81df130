"""Declaring conflicts of interest over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.parts import Transaction
from contracts.callers import Caller
from credit import rights
from credit.conflicts.commands import declare
from credit.domain.books import Regulations

router = APIRouter(prefix="/v1", tags=["conflicts"])


@router.put(
    "/people/{person_id}/conflict",
    status_code=204,
    summary="Declare a conflict of interest with somebody: their cases are then others' to decide",
)
async def put_conflict(
    person_id: UUID, session: Transaction, caller: Annotated[Caller[Regulations], Depends(rights.DECLARE_CONFLICT)]
) -> None:
    await declare(session, person_id, caller)
