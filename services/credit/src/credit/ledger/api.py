"""What a person has earned, and by which rules."""

from typing import Annotated

from fastapi import APIRouter, Depends

from common.web.auth import Principal, allow
from common.web.parts import Reading, UsedClock, UsedLanguage
from credit.ledger.queries import read_credit
from credit.ledger.schemas import CreditView
from credit.people import PEOPLE
from credit.rulebook import UsedRules
from credit.scope import READERS, AskedPerson

router = APIRouter(prefix="/v1", tags=["ledger"])


@router.get("/people/{person_id}/credit", summary="Credit points of a person, each entry explained")
async def get_credit(
    person_id: AskedPerson,
    session: Reading,
    principal: Annotated[Principal, Depends(allow(*READERS))],
    rules: UsedRules,
    clock: UsedClock,
    language: UsedLanguage,
) -> CreditView:
    return await read_credit(session, person_id, PEOPLE.seen_by(principal), rules, clock.today(), language)
