"""The rules themselves, for everybody who is judged by them."""

from typing import Annotated

from fastapi import APIRouter, Depends

from common.web.auth import Principal, allow
from common.web.parts import UsedLanguage
from credit.rule_packs.schemas import RulePackView
from credit.rulebook import UsedRules
from credit.scope import READERS

router = APIRouter(prefix="/v1", tags=["rules"])


@router.get("/rule-packs", summary="The regulations as the service applies them")
async def get_rule_packs(
    _: Annotated[Principal, Depends(allow(*READERS))], rules: UsedRules, language: UsedLanguage
) -> list[RulePackView]:
    return [RulePackView.of(pack, language) for pack in rules.packs]
