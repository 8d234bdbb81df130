"""Certificates over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, UsedLanguage
from contracts.callers import Caller
from contracts.looks import FileOf, shows
from contracts.papers import CHECK, Token, UsedSettings, answer_check
from training import rights
from training.certificates import commands, queries
from training.certificates.pages import told
from training.certificates.schemas import CertificateOut, CheckOut, IssuedOut
from training.domain.rules import Book

router = APIRouter(prefix="/v1", tags=["certificates"])

Giver = Annotated[Caller[Book], Depends(rights.GIVE_CLASSES)]
Reader = Annotated[Caller[Book], Depends(rights.READ_CERTIFICATES)]


class CertificateFile(FileOf):
    """A certificate, on paper."""


@router.post(
    "/classes/{class_id}/certificates",
    summary="Issue a certificate to everybody who has passed and has none",
    responses={409: {"description": "`class-cancelled`"}},
)
async def post_certificates(class_id: UUID, session: Transaction, caller: Giver) -> IssuedOut:
    return await commands.issue(session, class_id, caller)


@router.get("/certificates", summary="Certificates in the order they were issued")
@shows("trainings")
async def list_certificates(
    session: Reading,
    caller: Reader,
    window: AskedWindow,
    settings: UsedSettings,
    class_id: UUID | None = None,
    person_id: UUID | None = None,
) -> Page[CertificateOut]:
    return await queries.certificate_page(session, window, caller, settings, class_id, person_id)


@router.get(
    "/certificates/{certificate_id}",
    summary="A certificate as a signed PDF (PAdES)",
    response_class=Response,
    responses={
        200: {"content": {"application/pdf": {}}},
        409: {"description": "`certificate-revoked`: its record was revoked"},
    },
)
@shows("trainings")
async def get_certificate(
    certificate_id: UUID, session: Reading, language: UsedLanguage, caller: Reader, settings: UsedSettings
) -> CertificateFile:
    shown, content = await queries.paper(session, certificate_id, language, caller, settings)
    return CertificateFile(shown.person_id, f"{shown.number.replace('/', '-')}.pdf", "application/pdf", content)


@router.get(
    "/certificate-checks/{token}",
    summary="Whether a certificate is valid: the address in the code on it, for whoever has it",
    response_model=CheckOut,
    **CHECK,
)
async def get_check(token: Token, session: Reading, language: UsedLanguage, request: Request) -> Response:
    return await answer_check(request, language, queries.check(session, token), told)
