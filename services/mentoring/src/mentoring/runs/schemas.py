"""Matching runs as ordered and shown."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Document
from contracts.looks import WhoseId
from mentoring.domain.programmes import Way
from mentoring.programmes.schemas import WeightsIn


class RunIn(Document):
    """A match to be tried; what is left out is as the programme has it."""

    seed: Annotated[int, Field(strict=True, ge=0, lt=2**31)] = Field(
        1, description="how ties go; the same gives the same"
    )
    way: Way | None = None
    weights: WeightsIn | None = None


class RunOut(BaseModel):
    """A run. What it has found is null until its job is done."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    programme_id: UUID
    job_id: UUID
    seed: int
    way: Way
    weights: WeightsIn
    ordered_at: datetime
    mentors: int | None
    seats: int | None
    mentees: int | None = Field(description="those too who may no longer take part")
    matched: int | None
    total: int | None = Field(description="the scores of all pairs together")
    lost_mentees: int | None = Field(description="by lists of the best, so many more could be matched, at most")
    lost_points: int | None = Field(description="or else the total could be so much higher, at most")


class ResultOut(BaseModel):
    """What a run found for a mentee."""

    model_config = ConfigDict(from_attributes=True)

    person_id: UUID = Field(validation_alias="mentee_id")
    mentor_id: WhoseId | None
    score: int | None
    limited_by: str | None = Field(description="what keeps them without a mentor")


class MovedOut(BaseModel):
    """A mentee whose mentor is not the same in two runs."""

    person_id: UUID
    mentor_id: WhoseId | None
    other_mentor_id: WhoseId | None


class PartOut(BaseModel):
    """A part of a score."""

    name: str
    points: int
    most: int
    sentence: str


class ChangeOut(BaseModel):
    """A change that would match somebody: applied and matched again, they have a mentor."""

    kind: Literal["meeting", "language", "conflict", "seats"]
    value: str | None = Field(description="null for `conflict`: whom somebody avoids is shown to them alone")
    seats: int
    sentence: str


class WhyOut(BaseModel):
    """Why a mentee has the mentor they have, or why they have none."""

    person_id: UUID
    mentor_id: WhoseId | None
    score: int | None
    parts: list[PartOut]
    better: int | None = Field(description="mentors who would have scored more with them")
    price: int | None = Field(
        description="points that all others would lose by one of those, beyond what would be gained"
    )
    limited_by: str | None
    sentence: str
    change: ChangeOut | None = Field(description="the smallest single change that would match them; null: none would")
