"""What a person has earned, and by which rules."""

from typing import Annotated

from fastapi import APIRouter, Depends

from common.web.parts import Reading, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from contracts.paths import NamedPerson
from credit import rights
from credit.domain.books import Regulations
from credit.ledger.queries import read_credit
from credit.ledger.schemas import CreditOut

router = APIRouter(prefix="/v1", tags=["ledger"])


@router.get("/people/{person_id}/credit", summary="Credit points of a person, each entry explained")
@shows("credit")
async def get_credit(
    person_id: NamedPerson,
    session: Reading,
    caller: Annotated[Caller[Regulations], Depends(rights.READ_CREDIT)],
    language: UsedLanguage,
) -> CreditOut:
    return await read_credit(session, person_id, caller, language)
