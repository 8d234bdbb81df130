"""Where predikat come in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from common.refused import Refused
from common.web.bulk import Lines, lines_of
from common.web.idempotency import IdempotencyKey, once
from common.web.parts import Transaction, UsedLanguage
from contracts.acting import capacity, sender_of
from contracts.callers import Caller
from credit import rights
from credit.cases.queries import read_case
from credit.cases.schemas import CaseWithHistoryOut
from credit.domain.books import Regulations
from credit.predicates.commands import submit
from credit.predicates.schemas import PredicateIn

router = APIRouter(prefix="/v1", tags=["predicates"])
uploads = APIRouter(prefix="/v1", tags=["predicates"])

Submitter = Annotated[Caller[Regulations], Depends(rights.SUBMIT)]


@router.post(
    "/predicates",
    summary="Submit a predikat: it becomes a case, or repairs the returned one of its reference",
    status_code=201,
    response_model=CaseWithHistoryOut,
    responses={
        200: {
            "model": CaseWithHistoryOut,
            "description": "this predikat was here before: its case; or it repairs the returned case of its reference",
        },
        403: {"description": "`own-case`: the predikat is of the caller"},
        409: {"description": "`reference-conflict`, `months-already-booked` or `idempotency-conflict`"},
    },
)
async def submit_one(
    request: Request,
    predicate: PredicateIn,
    session: Transaction,
    caller: Submitter,
    language: UsedLanguage,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    async def act() -> tuple[int, CaseWithHistoryOut]:
        [answer] = await submit(session, [predicate], caller)
        if isinstance(answer, Refused):
            raise answer
        case = await read_case(session, answer.id, caller, language)
        return 201 if answer.status == "stored" else 200, case

    return await once(request, session, caller, idempotency_key, act)


@uploads.post("/predicates:batch", summary="Submit or repair many predikat")
async def submit_many(
    caller: Submitter,
    lines: Annotated[Lines[PredicateIn], Depends(lines_of(PredicateIn))],
) -> StreamingResponse:
    sender_of(caller, capacity(caller))  # refused once, not line by line
    return await lines.answer(lambda session, given: submit(session, given, caller))
