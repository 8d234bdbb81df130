"""The rules themselves: whoever is judged by them may read them."""

from typing import Annotated

from fastapi import APIRouter, Depends

from common.web.parts import UsedLanguage
from contracts.callers import Caller
from credit import rights
from credit.domain.rules import Book
from credit.rule_packs.schemas import RulePackOut

router = APIRouter(prefix="/v1", tags=["rules"])


@router.get("/rule-packs", summary="The regulations as the service applies them")
async def get_rule_packs(
    caller: Annotated[Caller[Book], Depends(rights.READ_RULES)], language: UsedLanguage
) -> list[RulePackOut]:
    return [RulePackOut.of(pack, language) for pack in caller.rules.packs]
