"""Exemptions as asked for and shown."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Day, Document, Words
from training.fields import Code

State = Literal["asked", "approved", "refused"]


class ExemptionIn(Document):
    """Somebody is to owe no hours from `valid_from` until the day before `valid_to`, or until it is ended."""

    person_id: UUID
    ground: Code = Field(description="see GET /v1/exemption-grounds", examples=["cuti-besar"])
    valid_from: Day
    valid_to: Day | None = None
    paper: Words | None = Field(None, description="where the proof is: a document's number or a URL")


class RefusalIn(Document):
    """Why an exemption is not approved."""

    reason: Words


class EndIn(Document):
    """The first day on which the duty holds again, and why."""

    on: Day
    reason: Words


class GroundOut(BaseModel):
    """A ground of exemption, with its source and how far it is confirmed."""

    code: str
    label: str
    specific: bool = Field(description="tells of somebody's health: shown to the person and those who decide alone")
    source: str
    status: str


class ChangeOut(BaseModel):
    """A step of an exemption."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    act: Literal["asked", "approved", "refused", "ended"]
    valid_to: date | None
    done_at: datetime


class ExemptionOut(BaseModel):
    """An exemption. `ground` and `paper` are null for a reader whose business they are not."""

    id: UUID
    person_id: UUID
    ground: str | None
    valid_from: date
    valid_to: date | None
    paper: str | None
    state: State
    version: int


class ExemptionWithChanges(ExemptionOut):
    """An exemption with each step of it, the first one first."""

    changes: list[ChangeOut]
