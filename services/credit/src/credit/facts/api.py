"""Where facts by a paper come in, and are read and withdrawn."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from common.refused import Refused
from common.web.bulk import Lines, lines_of
from common.web.idempotency import IdempotencyKey, once
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from contracts.paths import NamedPerson
from credit import rights
from credit.domain.books import Regulations
from credit.facts.commands import record, withdraw
from credit.facts.queries import read_fact, read_facts
from credit.facts.schemas import FactIn, FactOut, FactsOut, WithdrawalIn

router = APIRouter(prefix="/v1", tags=["facts"])
uploads = APIRouter(prefix="/v1", tags=["facts"])

Submitter = Annotated[Caller[Regulations], Depends(rights.SUBMIT)]


@router.post(
    "/facts",
    summary="Record what a paper says of somebody: a test that was passed, or discipline",
    status_code=201,
    response_model=FactOut,
    responses={
        200: {"model": FactOut, "description": "this paper was here before"},
        403: {"description": "`own-case`: the paper is of the caller"},
        409: {"description": "`fact-conflict` or `idempotency-conflict`"},
    },
)
async def record_one(
    request: Request, fact: FactIn, session: Transaction, caller: Submitter, idempotency_key: IdempotencyKey = None
) -> Response:
    async def act() -> tuple[int, FactOut]:
        [answer] = await record(session, [fact], caller)
        if isinstance(answer, Refused):
            raise answer
        return 201 if answer.status == "stored" else 200, await read_fact(session, answer.id, caller)

    return await once(request, session, caller, idempotency_key, act)


@uploads.post("/facts:batch", summary="Record what many papers say")
async def record_many(
    caller: Submitter, lines: Annotated[Lines[FactIn], Depends(lines_of(FactIn))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: record(session, given, caller))


@router.post(
    "/facts/{fact_id}/withdraw",
    summary="Withdraw a fact that was wrong: it stays on record and counts no more",
    responses={403: {"description": "`own-case`: it is of the caller"}, 409: {"description": "`fact-withdrawn`"}},
)
@shows("credit")
async def withdraw_one(fact_id: UUID, said: WithdrawalIn, session: Transaction, caller: Submitter) -> FactOut:
    await withdraw(session, fact_id, said.reason, caller)
    return await read_fact(session, fact_id, caller)


@router.get("/people/{person_id}/facts", summary="What HR has recorded of a person by papers: tests passed, discipline")
@shows("credit")
async def get_facts(
    person_id: NamedPerson, session: Reading, caller: Annotated[Caller[Regulations], Depends(rights.READ)]
) -> FactsOut:
    return await read_facts(session, person_id, caller)
