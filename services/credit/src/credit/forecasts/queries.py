"""Reading when somebody can rise."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.texts import Language
from contracts.callers import Caller
from credit.domain.amounts import conversion_twelfths, shown_ak
from credit.domain.books import Regulations
from credit.domain.forecasts import HORIZON_YEARS, Forecast, Scenario, forecast
from credit.domain.periods import Tenure
from credit.domain.promotion import Act
from credit.domain.rising import Known, Ladder, judge_act
from credit.forecasts.schemas import BindingOut, ForecastOut, ForecastsOut, ScenarioIn
from credit.ledger.queries import seen_person
from credit.people import tenures
from credit.promotions.gathering import gather
from credit.promotions.queries import ACTS
from credit.promotions.schemas import name_of
from credit.rule_packs.schemas import readings_shown
from credit.texts import CHANGES, CONDITIONS, say

COUNTED = text(
    "SELECT max(period_end) FROM entries e WHERE person_id = :id AND kind IN ('conversion', 'opening')"
    " AND NOT EXISTS (SELECT FROM entries r WHERE r.reverses = e.id)"
)


async def read_forecasts(
    session: AsyncSession, person_id: UUID, asked: ScenarioIn, caller: Caller[Regulations], language: Language
) -> ForecastsOut:
    """When somebody can rise by a scenario. Raises Refused: `not-found`, `scenario-in-past`."""
    await seen_person(session, person_id, caller)
    start = asked.start or caller.today
    if start < caller.today:
        raise Refused("scenario-in-past", "start")
    [officer] = await gather(session, [person_id], caller.rules, caller.today)
    tenure = (await tenures(session, [person_id]))[person_id]
    counted_from = first_to_count(await session.scalar(COUNTED, {"id": person_id}), tenure, caller.today)
    days = asked.model_dump(include={"predikat", "post_on", "test_on", "degree_on"})
    scenario = Scenario(start=start, counted_from=counted_from, **days)
    ladder = officer.ladder
    return ForecastsOut(
        person_id=person_id,
        jenjang=officer.known.jenjang,
        golongan=officer.known.golongan,
        start=start,
        counted_from=counted_from,
        years=HORIZON_YEARS,
        monthly=ladder and _monthly(ladder, asked.predikat),
        forecasts=[_forecast(caller.rules, ladder, officer.known, act, scenario, language) for act in ACTS]
        if ladder
        else [],
    )


def first_to_count(counted_until: date | None, tenure: Tenure, today: date) -> date:
    """The first month whose predikat may still come: after those attested, in the jenjang held, and not before last year."""
    held = tenure.in_jenjang_since(today)
    earliest = [date(today.year - 1, 1, 1), held if held.day == 1 else _next_month(held)]
    if counted_until is not None:
        # The day after the last of a month is in the next; an opening balance of its first day leaves that month to come.
        earliest.append((counted_until + timedelta(days=1)).replace(day=1))
    return max(earliest)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _monthly(ladder: Ladder, predikat: str) -> str | None:
    conversion = ladder.conversion.tables.conversion
    if conversion is None:
        return None
    return shown_ak(conversion_twelfths(1, conversion.predikat[predikat].percent, ladder.level.coefficient))


def _forecast(
    book: Regulations, ladder: Ladder, known: Known, act: Act, scenario: Scenario, language: Language
) -> ForecastOut:
    found = forecast(book.days, ladder, known, act, scenario)
    stands = {each.code: each for each in judge_act(ladder, known, act, scenario.start).conditions}
    return ForecastOut(
        act=act,
        to=found.to,
        day=found.day,
        explanation=_sentence(ladder, found, language),
        binding=[
            BindingOut(
                code=code,
                state=stands[code].state,
                explanation=say(CONDITIONS[code, stands[code].state], language, **stands[code].values),
                change=say(CHANGES[code], language),
                without=found.without[code],
                **ladder.basis(act, code).shown,
            )
            for code in found.binding
        ],
        assumed=list(found.assumed),
        readings=readings_shown(book.readings_of(act, [ladder.promotion.id]), language),
    )


def _sentence(ladder: Ladder, found: Forecast, language: Language) -> str:
    if found.to is None:
        return say(CONDITIONS[found.act, "none"], language, to="")
    to = name_of(ladder, found.act, found.to)
    if found.day is None:
        return say("forecast.never", language, to=to, years=HORIZON_YEARS)
    if found.binding:
        return say("forecast.day", language, to=to, day=found.day)
    return say("forecast.at-once", language, to=to, day=found.day)
