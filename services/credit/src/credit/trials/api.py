"""Where a predikat is tried before it is sent."""

from typing import Annotated

from fastapi import APIRouter, Depends

from common.web.parts import Transaction, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from credit import rights
from credit.domain.books import Regulations
from credit.predicates.schemas import PredicateIn
from credit.trials.queries import try_out
from credit.trials.schemas import TrialOut

router = APIRouter(prefix="/v1", tags=["guide"])


@router.post(
    "/predicates:try",
    summary="Try a predikat before it is sent: what it would come to, or why it would be refused, with the rule; nothing is stored",
)
@shows("credit")
async def try_predicate(
    line: PredicateIn,
    session: Transaction,
    caller: Annotated[Caller[Regulations], Depends(rights.TRY)],
    language: UsedLanguage,
) -> TrialOut:
    return await try_out(session, line, caller, language)
