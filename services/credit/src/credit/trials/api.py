"""Where a predikat or the paper of an opening balance is tried before it is sent."""

from typing import Annotated

from fastapi import APIRouter, Depends

from common.web.parts import Transaction, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from credit import rights
from credit.domain.books import Regulations
from credit.openings.schemas import OpeningIn
from credit.predicates.schemas import PredicateIn
from credit.trials.queries import try_opening_out, try_out
from credit.trials.schemas import TrialOut

router = APIRouter(prefix="/v1", tags=["guide"])

Trier = Annotated[Caller[Regulations], Depends(rights.TRY)]


@router.post(
    "/predicates:try",
    summary="Try a predikat before it is sent: what it would come to, or why it would be refused, with the rule; nothing is stored",
)
@shows("credit")
async def try_predicate(
    line: PredicateIn,
    session: Transaction,
    caller: Trier,
    language: UsedLanguage,
) -> TrialOut:
    return await try_out(session, line, caller, language)


@router.post(
    "/openings:try",
    summary="Try the paper of an opening balance before it is sent: what it would come to, or why not, with the rule; nothing is stored",
)
@shows("credit")
async def try_opening(line: OpeningIn, session: Transaction, caller: Trier, language: UsedLanguage) -> TrialOut:
    return await try_opening_out(session, line, caller, language)
