"""Erasures over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from registry import rights
from registry.erasures import commands, queries
from registry.erasures.schemas import ErasureIn, ErasureOut, ErasurePreview

router = APIRouter(prefix="/v1", tags=["erasures"])

NOBODY: dict[int | str, dict[str, Any]] = {404: {"description": "`not-found`: nobody by that id"}}
UNDER_WAY: dict[int | str, dict[str, Any]] = {**NOBODY, 409: {"description": "`erasure-under-way`"}}
NOT_YET: dict[int | str, dict[str, Any]] = {
    403: {"description": "`erasure-second-person`, `own-record`"},
    409: {"description": "`erasure-unanswered`, `erasure-open-case`, `erasure-settled`"},
}
Eraser = Annotated[Caller[None], Depends(rights.ERASE)]


@router.post("/erasures:preview", summary="What erasing somebody would do; nothing is done", responses=NOBODY)
@shows("erasures")
async def preview_erasure(document: ErasureIn, session: Reading, caller: Eraser) -> ErasurePreview:
    return await commands.preview(session, document, caller)


@router.post(
    "/erasures",
    status_code=202,
    summary="Ask for an erasure, and the services whether anything stands against it",
    responses=UNDER_WAY,
)
@shows("erasures")
async def ask_for_erasure(document: ErasureIn, session: Transaction, caller: Eraser) -> ErasureOut:
    return await queries.erasure(session, await commands.ask(session, document, caller))


@router.get("/erasures/{erasure_id}", summary="An erasure, and what services have against it")
@shows("erasures")
async def get_erasure(erasure_id: UUID, session: Reading, caller: Eraser) -> ErasureOut:
    del caller
    return await queries.erasure(session, erasure_id)


@router.post(
    "/erasures/{erasure_id}/consent",
    summary="Consent to what somebody else has asked for: it is done",
    responses=NOT_YET,
)
@shows("erasures")
async def consent_to_erasure(erasure_id: UUID, session: Transaction, caller: Eraser) -> ErasureOut:
    await commands.consent(session, erasure_id, caller)
    return await queries.erasure(session, erasure_id)


@router.post(
    "/erasures/{erasure_id}/withdraw",
    summary="Withdraw an erasure that nobody has consented to yet",
    responses={409: {"description": "`erasure-settled`"}},
)
@shows("erasures")
async def withdraw_erasure(erasure_id: UUID, session: Transaction, caller: Eraser) -> ErasureOut:
    await commands.withdraw(session, erasure_id, caller)
    return await queries.erasure(session, erasure_id)
