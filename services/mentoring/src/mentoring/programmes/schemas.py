"""Programmes as opened and shown."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Day, Document, Words
from mentoring.domain.ladder import Jenjang
from mentoring.domain.programmes import WEIGHTS, Rules, Way

Weight = Annotated[int, Field(strict=True, ge=0, le=100)]
DEFAULT = Rules()


class WeightsIn(Document):
    """What each part of a score weighs, against the others."""

    competency: Weight = WEIGHTS["competency"]
    family: Weight = WEIGHTS["family"]
    goals: Weight = WEIGHTS["goals"]
    place: Weight = WEIGHTS["place"]
    availability: Weight = WEIGHTS["availability"]
    load: Weight = WEIGHTS["load"]
    wishes: Weight = WEIGHTS["wishes"]


class RulesIn(Document):
    """Who may join a programme, and by what they are matched."""

    mentee_jenjang: list[Jenjang] = Field(list[Jenjang](DEFAULT.mentee_jenjang), min_length=1, max_length=8)
    mentor_jenjang: list[Jenjang] = Field(list[Jenjang](DEFAULT.mentor_jenjang), min_length=1, max_length=8)
    first_jenjang: list[Jenjang] = Field(
        list[Jenjang](DEFAULT.first_jenjang),
        max_length=8,
        description="whose mentees get a seat before all others when seats are scarce",
    )
    min_distance: int = Field(
        DEFAULT.min_distance, strict=True, ge=1, le=3, description="jenjang a mentor is above, at least"
    )
    other_agency: bool = Field(
        DEFAULT.other_agency, strict=True, description="mentor and mentee may serve in two agencies"
    )
    seats: int = Field(DEFAULT.seats, strict=True, ge=1, le=20, description="mentees of a mentor, at most")
    sessions: int = Field(DEFAULT.sessions, strict=True, ge=1, le=52)
    months: int = Field(DEFAULT.months, strict=True, ge=1, le=36, description="how long a pair is planned for")
    confirm_days: int = Field(
        DEFAULT.confirm_days,
        strict=True,
        ge=1,
        le=90,
        description="how long a session waits for the second to confirm it",
    )
    quiet_days: int = Field(
        DEFAULT.quiet_days,
        strict=True,
        ge=7,
        le=365,
        description="days without a session after which a pair is reminded",
    )
    zone_hours: int = Field(DEFAULT.zone_hours, strict=True, ge=0, le=2, description="hours their clocks may be apart")
    way: Way = Field(DEFAULT.way, description="total: the highest total of all pairs; stable: no better pair of two")
    weights: WeightsIn = Field(default_factory=WeightsIn)
    templates: list[Words] = Field(
        [], max_length=50, description="goals that an agreement may begin with; shown to a pair with theirs"
    )


class ProgrammeIn(Document):
    """A programme that takes mentors and mentees from `opens_on` to `closes_on`."""

    title: Words
    opens_on: Day
    closes_on: Day
    rules: RulesIn = RulesIn.model_validate({})


class ProgrammeOut(BaseModel):
    """A programme with its rules."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    agency_id: UUID
    title: str
    opens_on: date
    closes_on: date
    rules: RulesIn
    state: Literal["open", "closed"]
    version: int
