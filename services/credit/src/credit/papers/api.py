"""Papers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from common.refused import Refused
from common.web.bulk import Lines, lines_of
from common.web.idempotency import IdempotencyKey, once
from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, Transaction, UsedLanguage
from contracts.callers import Caller
from contracts.looks import FileOf, shows
from contracts.papers import CHECK, Token, UsedSettings, answer_check
from credit import rights
from credit.domain.books import Regulations
from credit.papers import commands, queries
from credit.papers.printing import told
from credit.papers.schemas import CheckOut, Kind, PaperIn, PaperOut, PrintIn, RevokedIn

router = APIRouter(prefix="/v1", tags=["papers"])
uploads = APIRouter(prefix="/v1", tags=["papers"])

Issuer = Annotated[Caller[Regulations], Depends(rights.ISSUE)]
Reader = Annotated[Caller[Regulations], Depends(rights.READ_CREDIT)]


class PaperFile(FileOf):
    """A paper of credit points."""


@router.post(
    "/papers",
    summary="Issue a Konversi, an Akumulasi or a PAK; it replaces the one before",
    status_code=201,
    response_model=PaperOut,
    responses={
        200: {"model": PaperOut, "description": "the paper that says the same"},
        403: {"description": "`own-case`: the paper would be of the caller; `at-rest`"},
        409: {"description": "`idempotency-conflict`"},
    },
)
async def post_paper(
    request: Request,
    paper: PaperIn,
    session: Transaction,
    caller: Issuer,
    settings: UsedSettings,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    async def act() -> tuple[int, PaperOut]:
        [answer] = await commands.issue(session, [paper], caller)
        if isinstance(answer, Refused):
            raise answer
        issued = await queries.read_paper(session, answer.id, caller, settings)
        return 201 if answer.status == "stored" else 200, issued

    return await once(request, session, caller, idempotency_key, act)


@uploads.post("/papers:batch", summary="Issue many papers")
async def post_papers(
    caller: Issuer, lines: Annotated[Lines[PaperIn], Depends(lines_of(PaperIn))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.issue(session, given, caller))


@router.get("/papers", summary="Papers in the order they were issued")
@shows("credit")
async def list_papers(
    session: Reading,
    window: AskedWindow,
    caller: Reader,
    settings: UsedSettings,
    person_id: UUID | None = None,
    kind: Kind | None = None,
) -> Page[PaperOut]:
    return await queries.paper_page(session, window, caller, settings, person_id, kind)


@router.get("/papers/{paper_id}", summary="What a paper says, and whether it is valid")
@shows("credit")
async def get_paper(paper_id: UUID, session: Reading, caller: Reader, settings: UsedSettings) -> PaperOut:
    return await queries.read_paper(session, paper_id, caller, settings)


@router.post(
    "/papers/{paper_id}/print",
    summary="A paper as a signed PDF (PAdES), with the number of its person",
    response_class=Response,
    responses={
        200: {"content": {"application/pdf": {}}},
        409: {"description": "`paper-revoked`"},
        422: {"description": "`nip-of-another`: the number is not that of its person"},
    },
)
@shows("credit")
async def print_paper(
    paper_id: UUID, body: PrintIn, session: Reading, language: UsedLanguage, caller: Reader, settings: UsedSettings
) -> PaperFile:
    paper, content = await queries.print_paper(session, paper_id, body.nip, language, caller, settings)
    return PaperFile(paper.person_id, f"{paper.number.replace('/', '-')}.pdf", "application/pdf", content)


@router.post(
    "/papers/{paper_id}/revoke",
    summary="Make a paper valid no more",
    responses={403: {"description": "`own-case`: the paper is of the caller"}},
)
@shows("credit")
async def revoke_paper(
    paper_id: UUID, body: RevokedIn, session: Transaction, caller: Issuer, settings: UsedSettings
) -> PaperOut:
    await commands.revoke(session, paper_id, body.reason, caller)
    return await queries.read_paper(session, paper_id, caller, settings)


@router.get(
    "/paper-checks/{token}",
    summary="Whether a paper is valid, replaced or revoked: the address in the code on it, for whoever has it",
    response_model=CheckOut,
    **CHECK,
)
async def get_check(token: Token, session: Reading, language: UsedLanguage, request: Request) -> Response:
    return await answer_check(request, language, queries.check(session, token), told)
