"""Audits over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from training import rights
from training.audits import commands, queries
from training.audits.schemas import AuditIn, AuditOut
from training.domain.rules import Book

router = APIRouter(prefix="/v1", tags=["audits"])


@router.post("/audits", status_code=201, summary="Open a sample audit in an agency, with its reason")
async def open_audit(
    document: AuditIn, session: Transaction, caller: Annotated[Caller[Book], Depends(rights.OPEN_AUDITS)]
) -> AuditOut:
    return await commands.open_audit(session, document, caller)


@router.get("/audits", summary="Audits: who opened them, and why")
async def list_audits(
    session: Reading,
    caller: Annotated[Caller[Book], Depends(rights.READ_AUDITS)],
    window: AskedWindow,
    agency_id: UUID | None = None,
) -> Page[AuditOut]:
    return await queries.audit_page(session, window, caller, agency_id)
