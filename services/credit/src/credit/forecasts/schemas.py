"""Scenarios as they are asked, and their answers."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from common.fields import Day
from credit.domain.promotion import Act
from credit.domain.rising import Code, State
from credit.predicates.schemas import Predikat
from credit.rule_packs.schemas import ReadingOut


class ScenarioIn(BaseModel):
    """What is supposed; a day that is left out is supposed never to come."""

    start: date | None
    predikat: Predikat
    post_on: date | None
    test_on: date | None
    degree_on: date | None


async def _scenario(
    start: Annotated[Day | None, Query(description="from when it is asked; today unless told, and not earlier")] = None,
    predikat: Annotated[Predikat, Query(description="of every month whose predikat is still to come")] = "baik",
    post_on: Annotated[Day | None, Query(description="when a post of the next jenjang opens")] = None,
    test_on: Annotated[Day | None, Query(description="when the test for it is passed")] = None,
    degree_on: Annotated[Day | None, Query(description="when a higher degree is attested")] = None,
) -> ScenarioIn:
    return ScenarioIn(start=start, predikat=predikat, post_on=post_on, test_on=test_on, degree_on=degree_on)


AskedScenario = Annotated[ScenarioIn, Depends(_scenario)]


class BindingOut(BaseModel):
    """A condition that is in the way until the day told: how it stands at the start, the rule, what would change it, and from which day
    the act could be without it (null: not even then).
    """

    code: Code
    state: State
    explanation: str
    change: str
    without: date | None
    rule_pack: str
    source: str
    status: str
    sources: list[str]


class ForecastOut(BaseModel):
    """When an act can be at the earliest: `day` is null where it cannot within the years that are looked ahead, or nothing is above.

    `binding` are the conditions not met on the last possible day before it. `assumed` are not known and taken as met.
    """

    act: Act
    to: str | None
    day: date | None
    explanation: str
    binding: list[BindingOut]
    assumed: list[Code]
    readings: list[ReadingOut]


class ForecastsOut(BaseModel):
    """When a person can rise if things go as supposed; `forecasts` is empty outside the functional posts.

    `counted_from` is the first month whose predikat has not been attested: from there on months count as supposed, each once it is over.
    """

    person_id: UUID
    jenjang: str | None
    golongan: str | None
    start: date
    counted_from: date
    years: int = Field(description="how far is looked ahead")
    monthly: str | None = Field(description="AK that a month of the predikat supposed gives")
    forecasts: list[ForecastOut]
