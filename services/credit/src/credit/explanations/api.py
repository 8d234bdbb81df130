"""Where each number of the ledger comes from."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.parts import Reading, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from contracts.paths import NamedPerson
from credit import rights
from credit.domain.books import Regulations
from credit.explanations.queries import explain_entry, explain_totals
from credit.explanations.schemas import ExplainedOut, TotalsOut

router = APIRouter(prefix="/v1", tags=["ledger"])

Reader = Annotated[Caller[Regulations], Depends(rights.READ_CREDIT)]


@router.get("/people/{person_id}/credit/explain", summary="What a person's totals add up from, entry by entry")
@shows("credit")
async def get_totals(person_id: NamedPerson, session: Reading, caller: Reader) -> TotalsOut:
    return await explain_totals(session, person_id, caller)


@router.get(
    "/people/{person_id}/credit/explain/{entry_id}",
    summary="Where an entry comes from: inputs, rule, case, decisions, event",
)
@shows("credit")
async def get_entry(
    person_id: NamedPerson, entry_id: UUID, session: Reading, caller: Reader, language: UsedLanguage
) -> ExplainedOut:
    return await explain_entry(session, person_id, entry_id, caller, language)
