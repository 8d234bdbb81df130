"""What SIASN was told, over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from connectors import rights
from connectors.siasn import commands, queries
from connectors.siasn.schemas import ExportOut, State
from contracts.callers import Caller
from contracts.looks import shows

router = APIRouter(prefix="/v1/siasn", tags=["siasn"])

Reader = Annotated[Caller[Any], Depends(rights.READ_SIASN)]
Keeper = Annotated[Caller[Any], Depends(rights.KEEP_SIASN)]


@router.get("/exports", summary="Records and PAK that SIASN is told of, and what became of each")
@shows("trainings")
async def list_exports(
    session: Reading,
    window: AskedWindow,
    caller: Reader,
    state: State | None = None,
    person_id: UUID | None = None,
) -> Page[ExportOut]:
    return await queries.export_page(session, window, caller, state, person_id)


@router.post(
    "/exports/{export_id}/settle",
    summary="What was refused is told again; what was revoked was taken out in SIASN by hand",
    responses={409: {"description": "`nothing-to-settle`"}},
)
@shows("trainings")
async def post_settle(export_id: UUID, session: Transaction, caller: Keeper) -> ExportOut:
    return await commands.settle_by_hand(session, export_id, caller)
