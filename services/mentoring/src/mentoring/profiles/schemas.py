"""Profiles as shown, and levels as stated."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from common.fields import PLAIN, Document
from contracts.zone import Zone
from mentoring.domain.levels import Source

Competency = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=PLAIN)]
"""The name of a competency, as a programme, a record or a person has it."""
Degree = Annotated[int, Field(strict=True, ge=1, le=5)]


class LevelsIn(Document):
    """How far somebody is: 1 to 5 by competency, as of today."""

    levels: dict[Competency, Degree] = Field(min_length=1, max_length=50)


class LevelOut(BaseModel):
    """A level, and who says so."""

    competency: str
    level: int
    source: Source
    dated_on: date


class ProfileOut(BaseModel):
    """What is known of somebody; `sources` says of each other part where it comes from."""

    person_id: UUID
    jenjang: str | None
    position: str | None
    agency_id: UUID
    unit_id: UUID | None
    region: str | None
    zone: Zone | None = Field(description="null: the registry has not told of their agency yet")
    levels: list[LevelOut] = Field(description="the one that counts of each competency, with who says so")
    sources: dict[str, Literal["registry"]]
