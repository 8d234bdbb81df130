"""Providers and courses as they are sent and shown. A period ends the day before `valid_to`; null: it is open."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Day, Document, Line, Words
from training.fields import Code, Hours

Mode = Literal["classical", "online", "blended"]
Cost = Annotated[
    Hours, Field(ge=0, le=Decimal(10_000_000_000), decimal_places=2, description="rupiah, with two decimals at most")
]


class AccreditationIn(Document):
    """That a provider may give a form of learning for a time."""

    form: Code
    valid_from: Day
    valid_to: Day | None = None


class CourseAccreditationIn(Document):
    """That a course is accredited itself for a time."""

    valid_from: Day
    valid_to: Day | None = None


class ProviderIn(Document):
    """A provider with all its accreditations, old ones too: whatever is not in the list is taken away.

    When the list is left out, the `accreditations` of a known provider stay as they are.
    """

    id: UUID | None = None
    code: Code
    name: Line
    accreditations: list[AccreditationIn] = Field(default_factory=list[AccreditationIn], max_length=500)


class CourseIn(Document):
    """A course of a provider; `jp` are the hours its programme states.

    What is left out of a known course stays as it is; `jp`, `mode`, `seats`, `cost` and `valid_to` are cleared by null.
    """

    id: UUID | None = None
    code: Code
    provider_id: UUID | None = None
    provider_code: Code | None = None
    title: Words
    form: Code
    jp: Hours | None = None
    competencies: list[Code] = Field(default_factory=list, max_length=50)
    outcomes: list[Words] = Field(
        default_factory=list, max_length=20, description="what whoever attended can do afterwards"
    )
    mode: Mode | None = None
    seats: int | None = Field(None, strict=True, ge=1, le=100_000, description="how many are taken in at once")
    cost: Cost | None = Field(None, description="rupiah a person; 0: free")
    accreditations: list[CourseAccreditationIn] = Field(
        default_factory=list[CourseAccreditationIn],
        max_length=100,
        description="of its own, old ones too, changed by LAN alone; where there is none, those of its provider hold",
    )
    valid_from: Day
    valid_to: Day | None = None


class AccreditationOut(BaseModel):
    """An accreditation of a provider."""

    model_config = ConfigDict(from_attributes=True)

    form: str
    valid_from: date
    valid_to: date | None


class ProviderOut(BaseModel):
    """A provider as it is now."""

    id: UUID
    code: str
    name: str
    accreditations: list[AccreditationOut]
    version: int


class CourseAccreditationOut(BaseModel):
    """An accreditation of a course itself."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    valid_from: date
    valid_to: date | None


class CourseState(BaseModel):
    """What a course's code stands for."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    id: UUID
    code: str
    provider_id: UUID
    title: str
    form: str
    jp: Decimal | None
    competencies: tuple[str, ...]
    outcomes: tuple[str, ...]
    mode: Mode | None
    seats: int | None
    cost: Decimal | None
    accreditations: tuple[CourseAccreditationOut, ...]
    valid_from: date
    valid_to: date | None


class CourseOut(CourseState):
    """A course as it is now."""

    version: int
    accredited: bool = Field(description="whether it is accredited today, or else its provider for its form")


class AccreditationChangeOut(BaseModel):
    """That accreditations were changed: from what to what, by whom (the subject of a token), and when; of a provider, or of a course of its own."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    course_id: UUID | None
    before: list[AccreditationOut]
    after: list[AccreditationOut]
    changed_by: str
    changed_at: datetime
