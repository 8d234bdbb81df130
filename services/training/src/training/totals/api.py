"""Totals over HTTP, for everybody: no token is asked for."""

from fastapi import APIRouter, Depends

from common.web.auth import everybody
from common.web.parts import Reading
from training.totals import queries
from training.totals.schemas import DutyTotalsOut, TotalsBy

router = APIRouter(prefix="/v1", tags=["totals"])


@router.get(
    "/duty-totals",
    summary="How many had met their duty at the end of a caturwulan, without small groups",
    dependencies=[Depends(everybody)],
    responses={404: {"description": "`not-found`: before the first are published"}},
)
async def get_duty_totals(session: Reading, by: TotalsBy = "kind") -> DutyTotalsOut:
    return await queries.totals(session, by)
