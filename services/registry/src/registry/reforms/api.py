"""Reforms over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from registry import rights
from registry.reforms import commands, queries
from registry.reforms.schemas import ReformIn, ReformOut, ReformPreview

router = APIRouter(prefix="/v1", tags=["reforms"])

UNDER_WAY: dict[int | str, dict[str, Any]] = {409: {"description": "`reform-under-way`"}}
Reformer = Annotated[Caller[None], Depends(rights.REFORM)]


@router.post("/reforms:preview", summary="What a merger or a split would do; nothing is done", responses=UNDER_WAY)
async def preview_reform(document: ReformIn, session: Transaction, caller: Reformer) -> ReformPreview:
    return await commands.preview(session, await commands.ask(session, document, caller), caller)


@router.get(
    "/reform-previews/{preview_id}", summary="What a merger or a split would do, in all services", responses=UNDER_WAY
)
async def get_preview(preview_id: UUID, session: Reading, caller: Reformer) -> ReformPreview:
    return await commands.preview(session, preview_id, caller)


@router.post(
    "/reforms", status_code=202, summary="Order a merger or a split; its job tells how far it is", responses=UNDER_WAY
)
async def order_reform(document: ReformIn, session: Transaction, caller: Reformer) -> ReformOut:
    return await queries.reform(session, await commands.order_reform(session, document, caller))


@router.get("/reforms/{reform_id}", summary="A reform as it was ordered")
async def get_reform(reform_id: UUID, session: Reading, caller: Reformer) -> ReformOut:
    del caller
    return await queries.reform(session, reform_id)
