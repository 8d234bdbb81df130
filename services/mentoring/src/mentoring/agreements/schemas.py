"""Agreements as proposed and shown."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Document, Paragraph
from contracts.looks import WhoseId
from mentoring.domain.programmes import Side
from mentoring.profiles.schemas import Competency, Degree


class GoalIn(Document):
    """A competency that the mentee would raise."""

    competency: Competency
    start: Degree
    wanted: Degree = Field(description="higher than `start`")


class AgreementIn(Document):
    """What one of the two would agree on; proposing it is signing it."""

    goals: list[GoalIn] = Field(min_length=1, max_length=10)
    plan: Paragraph
    every_days: int = Field(30, strict=True, ge=1, le=92, description="the rhythm: a session each so many days")
    confidentiality: Paragraph = Field(description="what stays between the two")


class SignatureIn(Document):
    """Which version is signed."""

    version: int = Field(strict=True, ge=1, le=10_000)


class GoalOut(BaseModel):
    """A competency with the level at the start and the one wanted."""

    competency: str
    start: int
    wanted: int


class AgreementOut(BaseModel):
    """A version of an agreement."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    goals: list[GoalOut]
    plan: str
    every_days: int
    confidentiality: str
    proposed_by: Side
    mentee_signed_at: datetime | None
    mentor_signed_at: datetime | None


class AgreementsOut(BaseModel):
    """What holds between the two, and what one of them would have instead."""

    pair_id: UUID
    mentee_id: WhoseId
    mentor_id: WhoseId
    holds: AgreementOut | None = Field(description="null: they have not both signed yet, and no session counts")
    templates: list[str] = Field(description="goals that the programme proposes to begin with")
    proposed: AgreementOut | None = Field(description="signed by one alone; it changes nothing until the other signs")
