"""Rule packs over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends

from common.texts import Language
from common.web.parts import UsedLanguage
from contracts.callers import Caller
from contracts.degrees import DEGREES
from training import rights
from training.domain.rules import Book, Pack
from training.rule_packs.schemas import DutyOut, FormOut, JpPackOut
from training.standing.queries import cap_shown, rule_text
from training.texts import ExplanationOut, explained, say

router = APIRouter(prefix="/v1", tags=["rules"])

Reader = Annotated[Caller[Book], Depends(rights.READ_CATALOGUE)]


@router.get("/rule-packs", summary="The regulations on learning hours as the service applies them")
async def get_rule_packs(caller: Reader, language: UsedLanguage) -> list[JpPackOut]:
    return [_pack_out(pack, language) for pack in caller.rules.packs]


def _pack_out(pack: Pack, language: Language) -> JpPackOut:
    rules = pack.tables
    return JpPackOut(
        id=pack.id,
        title=say(pack.title, language),
        source=pack.source,
        valid_from=pack.valid_from,
        valid_to=pack.valid_to,
        jp_most=rules.jp_most,
        jp_step=rules.jp_step,
        years_most=rules.years_most,
        pro_rata=ExplanationOut(**explained(rules.pro_rata, language)),
        degrees=list(DEGREES),
        duties=[
            DutyOut(
                staff_type=staff_type,
                floor=duty.floor,
                ceiling=duty.ceiling,
                target=duty.target,
                **explained(duty, language),
            )
            for staff_type, duty in rules.duties.items()
        ],
        forms=[
            FormOut(
                code=form.code,
                label=form.label,
                kind=form.kind,
                jp=form.jp,
                cap=cap_shown(form, language),
                international=form.international,
                rule=rule_text(form, language),
                source=form.source,
                status=form.status,
            )
            for form in rules.forms.values()
        ],
    )
