"""Audits over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from mentoring import rights
from mentoring.audits import commands, queries
from mentoring.audits.schemas import AuditedOut, AuditIn, AuditOut, FindingIn

router = APIRouter(prefix="/v1", tags=["audits"])

Reader = Annotated[Caller[None], Depends(rights.READ_AUDITS)]
Drawer = Annotated[Caller[None], Depends(rights.DRAW_AUDITS)]
Auditor = Annotated[Caller[None], Depends(rights.AUDIT)]


@router.post(
    "/programmes/{programme_id}/audits",
    status_code=201,
    summary="Draw confirmed sessions by lot, each for an auditor outside the pair and both lines",
    responses={409: {"description": "`nothing-held`"}},
)
async def post_audit(programme_id: UUID, document: AuditIn, session: Transaction, caller: Drawer) -> AuditOut:
    return await queries.audit(session, await commands.draw(session, programme_id, document, caller))


@router.get("/programmes/{programme_id}/audits", summary="The samples of a programme, and how far each is")
async def list_audits(programme_id: UUID, session: Reading, caller: Reader, window: AskedWindow) -> Page[AuditOut]:
    return await queries.audit_page(session, window, programme_id, caller)


@router.get("/audits/{audit_id}/sessions", summary="The sessions of a sample, and what was found of each")
@shows("mentoring")
async def list_audited(audit_id: UUID, session: Reading, caller: Reader, window: AskedWindow) -> Page[AuditedOut]:
    return await queries.audited_page(session, window, audit_id, caller)


@router.get("/audited-sessions/me", summary="The sessions that were given to you to look into")
@shows("mentoring")
async def list_own_audited(session: Reading, caller: Auditor, window: AskedWindow) -> Page[AuditedOut]:
    return await queries.own_page(session, window, caller)


@router.post(
    "/audited-sessions/{item_id}/finding",
    summary="Say what you found of a session that was given to you; it stays as it is",
    responses={409: {"description": "`finding-given`, `not-outside`"}},
)
@shows("mentoring")
async def post_finding(item_id: UUID, document: FindingIn, session: Transaction, caller: Auditor) -> AuditedOut:
    await commands.find(session, item_id, document, caller)
    return await queries.audited(session, item_id)
