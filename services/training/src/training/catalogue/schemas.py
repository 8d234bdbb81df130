"""Providers and courses as they are sent and shown. A period ends the day before `valid_to`; null: it is open."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Day, Document, Line, Words
from training.fields import Code, Hours


class AccreditationIn(Document):
    """That a provider may give a form of learning for a time."""

    form: Code
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

    What is left out of a known course stays as it is; `jp` and `valid_to` are cleared by null.
    """

    id: UUID | None = None
    code: Code
    provider_id: UUID | None = None
    provider_code: Code | None = None
    title: Words
    form: Code
    jp: Hours | None = None
    competencies: list[Code] = Field(default_factory=list, max_length=50)
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
    valid_from: date
    valid_to: date | None


class CourseOut(CourseState):
    """A course as it is now."""

    version: int
