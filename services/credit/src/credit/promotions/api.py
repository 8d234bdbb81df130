"""Where somebody, or an agency of all its people, asks whether they can rise."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from common.web.pages import AskedWindow, Page
from common.web.parts import Reading, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from contracts.paths import NamedPerson
from credit import rights
from credit.domain.books import Regulations
from credit.promotions.queries import list_promotions, read_promotion
from credit.promotions.schemas import PromotionLineOut, PromotionOut

router = APIRouter(prefix="/v1", tags=["promotions"])

Reader = Annotated[Caller[Regulations], Depends(rights.READ_CREDIT)]


@router.get(
    "/people/{person_id}/credit/promotion",
    summary="Whether a person can rise in rank or in level today: each condition, met or not, why, and by which rule",
)
@shows("credit")
async def get_promotion(
    person_id: NamedPerson, session: Reading, caller: Reader, language: UsedLanguage
) -> PromotionOut:
    return await read_promotion(session, person_id, caller, language)


@router.get("/promotions", summary="Who of an agency can rise today, and what is open of each who cannot")
@shows("credit")
async def get_promotions(
    session: Reading, caller: Reader, window: AskedWindow, agency_id: UUID | None = None
) -> Page[PromotionLineOut]:
    return await list_promotions(session, window, caller, agency_id)
