"""Agreements over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.looks import shows
from mentoring import rights
from mentoring.agreements import commands, queries
from mentoring.agreements.schemas import AgreementIn, AgreementsOut, SignatureIn

router = APIRouter(prefix="/v1", tags=["agreements"])

OneOfBoth = Annotated[Caller[None], Depends(rights.MEET)]


@router.get("/pairs/{pair_id}/agreement", summary="What the two of a pair agree on, and what one of them proposes")
@shows("mentoring")
async def get_agreement(pair_id: UUID, session: Reading, caller: OneOfBoth) -> AgreementsOut:
    return await queries.agreements(session, pair_id, caller)


@router.put(
    "/pairs/{pair_id}/agreement",
    summary="Propose what to agree on, signed by you; it holds once the other has signed it",
    responses={409: {"description": "`pair-not-active`"}},
)
@shows("mentoring")
async def put_agreement(pair_id: UUID, document: AgreementIn, session: Transaction, caller: OneOfBoth) -> AgreementsOut:
    await commands.propose(session, pair_id, document, caller)
    return await queries.agreements(session, pair_id, caller)


@router.post(
    "/pairs/{pair_id}/agreement/sign",
    summary="Sign what is proposed",
    responses={409: {"description": "`pair-not-active`, `agreement-changed`"}},
)
@shows("mentoring")
async def post_signature(
    pair_id: UUID, document: SignatureIn, session: Transaction, caller: OneOfBoth
) -> AgreementsOut:
    await commands.sign(session, pair_id, document.version, caller)
    return await queries.agreements(session, pair_id, caller)
