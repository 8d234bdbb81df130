"""Where predikat come in."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer
from common.refused import Refused
from common.web.auth import Principal, allow
from common.web.bulk import Lines, lines_of
from common.web.idempotency import IdempotencyKey, once
from common.web.parts import Transaction, UsedClock, UsedLanguage, UsedNipKey
from contracts.acting import Sender, capacity, sender_of
from credit.cases.queries import read_case
from credit.cases.schemas import CaseWithHistory
from credit.people import PEOPLE
from credit.predicates.commands import submit
from credit.predicates.schemas import NewPredicate
from credit.rulebook import UsedRules
from credit.scope import actor_of

router = APIRouter(prefix="/v1", tags=["predicates"])
uploads = APIRouter(prefix="/v1", tags=["predicates"])

Submitter = Annotated[Principal, Depends(allow("agency_hr", "service"))]


@router.post(
    "/predicates",
    summary="Submit a predikat: it becomes a case, or repairs the returned one of its reference",
    status_code=201,
    response_model=CaseWithHistory,
    responses={
        200: {
            "model": CaseWithHistory,
            "description": "the same predikat was here before: its case; or another one repairs a returned case",
        },
        403: {"description": "`own-case`: the predikat is of the caller"},
        409: {"description": "`reference-conflict`, `months-already-booked` or `idempotency-conflict`"},
    },
)
async def submit_one(
    request: Request,
    predicate: NewPredicate,
    session: Transaction,
    principal: Submitter,
    rules: UsedRules,
    clock: UsedClock,
    nip_key: UsedNipKey,
    language: UsedLanguage,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    async def act() -> tuple[int, CaseWithHistory]:
        [answer] = await submit(session, [predicate], actor_of(principal), _sender(principal), rules, nip_key, clock)
        if isinstance(answer, Refused):
            raise answer
        case = await read_case(session, answer.id, PEOPLE.seen_by(principal), rules, language)
        return 201 if answer.status == "stored" else 200, case

    return await once(request, session, principal, idempotency_key, act)


@uploads.post("/predicates:batch", summary="Submit or repair many predikat")
async def submit_many(
    principal: Submitter,
    lines: Annotated[Lines[NewPredicate], Depends(lines_of(NewPredicate))],
    rules: UsedRules,
    clock: UsedClock,
    nip_key: UsedNipKey,
) -> StreamingResponse:
    actor, sender = actor_of(principal), _sender(principal)

    async def handle(session: AsyncSession, given: Sequence[NewPredicate]) -> Sequence[Answer]:
        return await submit(session, given, actor, sender, rules, nip_key, clock)

    return await lines.answer(handle)


def _sender(principal: Principal) -> Sender:
    return sender_of(principal, capacity(principal))
