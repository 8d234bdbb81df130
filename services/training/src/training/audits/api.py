"""Audits over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from training import rights
from training.audits import commands, drawing, queries
from training.audits.schemas import AuditedRecordOut, AuditIn, AuditOut, FindingIn, SampleIn, SampleOut
from training.domain.rules import Book
from training.evidence.handing import AS_KEPT, OfRecord, handed_out
from training.evidence.queries import evidence
from training.evidence.schemas import EvidenceOut

router = APIRouter(prefix="/v1", tags=["audits"])

Reader = Annotated[Caller[Book], Depends(rights.READ_AUDITS)]
Auditor = Annotated[Caller[Book], Depends(rights.AUDIT_RECORDS)]


@router.post("/audits", status_code=201, summary="Open a sample audit in an agency, with its reason")
async def open_audit(
    document: AuditIn, session: Transaction, caller: Annotated[Caller[Book], Depends(rights.OPEN_AUDITS)]
) -> AuditOut:
    return await commands.open_audit(session, document, caller)


@router.get("/audits", summary="Audits: who opened them, and why")
async def list_audits(
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    agency_id: UUID | None = None,
) -> Page[AuditOut]:
    return await queries.audit_page(session, window, caller, agency_id)


@router.post(
    "/audits/{audit_id}/samples",
    status_code=201,
    summary="Draw records by lot, as many of each form and jenjang as their share; their people are asked for evidence",
    responses={409: {"description": "`nothing-to-audit`"}},
)
async def draw_sample(
    audit_id: UUID,
    document: SampleIn,
    session: Transaction,
    caller: Annotated[Caller[Book], Depends(rights.OPEN_AUDITS)],
) -> SampleOut:
    return await queries.sample(session, await drawing.draw(session, audit_id, document, caller))


@router.get("/audits/{audit_id}/samples", summary="The samples of an audit, and how far each is")
async def list_samples(audit_id: UUID, session: Reading, caller: Reader, window: AskedWindow) -> Page[SampleOut]:
    return await queries.sample_page(session, window, audit_id, caller)


@router.get("/audits/{audit_id}/records", summary="The records that were drawn, and what was found of each")
@shows("trainings")
async def list_audited(audit_id: UUID, session: Reading, caller: Reader, window: AskedWindow) -> Page[AuditedRecordOut]:
    return await queries.audited_page(session, window, audit_id, caller)


@router.get("/audited-records/me", summary="The records that were given to you to look into")
@shows("trainings")
async def list_own_audited(session: Reading, caller: Auditor, window: AskedWindow) -> Page[AuditedRecordOut]:
    return await queries.own_page(session, window, caller)


@router.get("/audited-records/{item_id}/evidence", summary="What proves a record that was given to you")
@shows("trainings")
async def get_audited_evidence(item_id: UUID, session: Reading, caller: Auditor) -> EvidenceOut:
    _, record = await queries.own(session, item_id, caller)
    return await evidence(session, record)


@router.get(
    "/audited-records/{item_id}/evidence/{file_id}",
    summary="A file of a record that was given to you",
    response_class=Response,
    responses=AS_KEPT,
)
@shows("trainings")
async def get_audited_file(
    item_id: UUID, file_id: UUID, session: Reading, caller: Auditor, request: Request
) -> OfRecord:
    _, record = await queries.own(session, item_id, caller)
    return await handed_out(session, record, file_id, request)


@router.post(
    "/audited-records/{item_id}/finding",
    summary="Say what you found of a record that was given to you; it stays as it is",
    responses={409: {"description": "`finding-given`, `not-outside`"}},
)
@shows("trainings")
async def post_finding(item_id: UUID, document: FindingIn, session: Transaction, caller: Auditor) -> AuditedRecordOut:
    await drawing.find(session, item_id, document, caller)
    shown, _ = await queries.own(session, item_id, caller)
    return shown
