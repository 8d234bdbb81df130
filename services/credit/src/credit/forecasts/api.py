"""Where somebody asks when they can rise, and what blocks them."""

from typing import Annotated

from fastapi import APIRouter, Depends

from common.web.parts import Reading, UsedLanguage
from contracts.callers import Caller
from contracts.looks import shows
from contracts.paths import NamedPerson
from credit import rights
from credit.domain.books import Regulations
from credit.forecasts.queries import read_forecasts
from credit.forecasts.schemas import AskedScenario, ForecastsOut

router = APIRouter(prefix="/v1", tags=["promotions"])


@router.get(
    "/people/{person_id}/credit/forecast",
    summary="When a person can rise if things go as supposed, and the condition that blocks them until then",
)
@shows("credit")
async def get_forecast(
    person_id: NamedPerson,
    session: Reading,
    caller: Annotated[Caller[Regulations], Depends(rights.READ_CREDIT)],
    scenario: AskedScenario,
    language: UsedLanguage,
) -> ForecastsOut:
    return await read_forecasts(session, person_id, scenario, caller, language)
