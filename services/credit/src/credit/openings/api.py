"""Where opening balances come in; they are checked, attested and returned as every case."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from common.refused import Refused
from common.web.bulk import Lines, lines_of
from common.web.idempotency import IdempotencyKey, once
from common.web.parts import Transaction, UsedLanguage
from contracts.callers import Caller
from credit import rights
from credit.cases.queries import read_case
from credit.cases.schemas import CaseWithHistoryOut
from credit.domain.books import Regulations
from credit.openings.commands import open_balances
from credit.openings.schemas import OpeningIn

router = APIRouter(prefix="/v1", tags=["openings"])
uploads = APIRouter(prefix="/v1", tags=["openings"])

Submitter = Annotated[Caller[Regulations], Depends(rights.SUBMIT)]


@router.post(
    "/openings",
    summary="Submit what somebody has from before Jejak, or comes to a functional post with, by its paper: it becomes a case",
    status_code=201,
    response_model=CaseWithHistoryOut,
    responses={
        200: {"model": CaseWithHistoryOut, "description": "this paper was here before: its case"},
        403: {"description": "`own-case`: the paper is of the caller"},
        409: {
            "description": "`paper-already-opened`, `jenjang-already-opened`, `months-already-booked` or `idempotency-conflict`"
        },
    },
)
async def open_one(
    request: Request,
    opening: OpeningIn,
    session: Transaction,
    caller: Submitter,
    language: UsedLanguage,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    async def act() -> tuple[int, CaseWithHistoryOut]:
        [answer] = await open_balances(session, [opening], caller)
        if isinstance(answer, Refused):
            raise answer
        return 201 if answer.status == "stored" else 200, await read_case(session, answer.id, caller, language)

    return await once(request, session, caller, idempotency_key, act)


@uploads.post("/openings:batch", summary="Submit many opening balances")
async def open_many(
    caller: Submitter, lines: Annotated[Lines[OpeningIn], Depends(lines_of(OpeningIn))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: open_balances(session, given, caller))
