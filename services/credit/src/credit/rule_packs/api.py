"""The rules themselves: whoever is judged by them may read them."""

from typing import Annotated

from fastapi import APIRouter, Depends

from common.web.parts import UsedLanguage
from contracts.callers import Caller
from credit import rights
from credit.domain.books import Regulations
from credit.rule_packs.schemas import RulePackOut, SubjectsOut, subject_shown

router = APIRouter(prefix="/v1", tags=["rules"])

Reader = Annotated[Caller[Regulations], Depends(rights.READ_RULES)]


@router.get("/rule-packs", summary="The regulations as the service applies them")
async def get_rule_packs(caller: Reader, language: UsedLanguage) -> list[RulePackOut]:
    return [RulePackOut.of(pack, language) for pack in caller.rules.packs]


@router.get(
    "/rule-subjects",
    summary="The rules around conversion: entry, papers of old methods, promotion and its days, returns",
)
async def get_rule_subjects(caller: Reader, language: UsedLanguage) -> SubjectsOut:
    rules = caller.rules
    return SubjectsOut(
        entry=subject_shown(rules.entry, language),
        conventional=subject_shown(rules.conventional, language),
        integration=subject_shown(rules.integration, language),
        promotion=subject_shown(rules.promotion, language),
        days=subject_shown(rules.days, language),
        professionalism=subject_shown(rules.professionalism, language),
        results=subject_shown(rules.results, language),
        returns=subject_shown(rules.returns, language),
        waiting=subject_shown(rules.waiting, language),
        calendar=subject_shown(rules.calendar, language),
        appeals=subject_shown(rules.appeals, language),
        data_fixes=subject_shown(rules.data_fixes, language),
        conflicts=subject_shown(rules.conflicts, language),
        second_checks=subject_shown(rules.second_checks, language),
        one_step=subject_shown(rules.one_step, language),
    )
