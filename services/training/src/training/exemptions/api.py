"""Exemptions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from training import rights
from training.domain.exemptions import BOOK
from training.domain.rules import Book
from training.exemptions import commands, queries
from training.exemptions.schemas import (
    EndIn,
    ExemptionIn,
    ExemptionOut,
    ExemptionWithChanges,
    GroundOut,
    RefusalIn,
    State,
)

router = APIRouter(prefix="/v1", tags=["exemptions"])

Asker = Annotated[Caller[Book], Depends(rights.ASK_EXEMPTIONS)]
Decider = Annotated[Caller[Book], Depends(rights.DECIDE_EXEMPTIONS)]
Reader = Annotated[Caller[Book], Depends(rights.READ_EXEMPTIONS)]


@router.get("/exemption-grounds", summary="The grounds of exemption as they are today")
async def grounds(caller: Reader) -> list[GroundOut]:
    return [GroundOut.model_validate(ground, from_attributes=True) for ground in BOOK.at(caller.today).tables.values()]


@router.post("/exemptions", status_code=201, summary="Ask for an exemption from the yearly duty")
async def post_exemption(document: ExemptionIn, session: Transaction, caller: Asker) -> ExemptionWithChanges:
    return await queries.exemption(session, await commands.ask(session, document, caller), caller)


@router.get("/exemptions", summary="Exemptions in the order they were asked for")
@shows("exemptions")
async def list_exemptions(
    session: Reading, caller: Reader, window: AskedWindow, person_id: UUID | None = None, state: State | None = None
) -> Page[ExemptionOut]:
    return await queries.exemption_page(session, window, caller, person_id, state)


@router.get("/exemptions/{exemption_id}", summary="One exemption, with each step of it")
@shows("exemptions")
async def get_exemption(exemption_id: UUID, session: Reading, caller: Reader) -> ExemptionWithChanges:
    return await queries.exemption(session, exemption_id, caller)


@router.post(
    "/exemptions/{exemption_id}/approve",
    summary="Approve an exemption that somebody else asked for",
    responses={409: {"description": "`exemption-decided`"}},
)
@shows("exemptions")
async def post_approve(exemption_id: UUID, session: Transaction, caller: Decider) -> ExemptionWithChanges:
    await commands.approve(session, exemption_id, caller)
    return await queries.exemption(session, exemption_id, caller)


@router.post(
    "/exemptions/{exemption_id}/refuse",
    summary="Refuse an exemption that somebody else asked for",
    responses={409: {"description": "`exemption-decided`"}},
)
@shows("exemptions")
async def post_refuse(
    exemption_id: UUID, document: RefusalIn, session: Transaction, caller: Decider
) -> ExemptionWithChanges:
    await commands.refuse(session, exemption_id, document.reason, caller)
    return await queries.exemption(session, exemption_id, caller)


@router.post(
    "/exemptions/{exemption_id}/end",
    summary="End an approved exemption earlier: it is counted anew",
    responses={409: {"description": "`exemption-not-approved`"}},
)
@shows("exemptions")
async def post_end(exemption_id: UUID, document: EndIn, session: Transaction, caller: Decider) -> ExemptionWithChanges:
    await commands.end(session, exemption_id, document, caller)
    return await queries.exemption(session, exemption_id, caller)
