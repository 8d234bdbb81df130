"""The people below somebody, a reminder to one of them, and the courses they are to attend."""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Day, Document


class MemberOut(BaseModel):
    """Somebody below the caller who is short, or exempt today; of whoever is exempt, nothing but until when."""

    model_config = ConfigDict(from_attributes=True)

    person_id: UUID
    superior_id: UUID = Field(description="who stands above them today: the caller, or somebody below the caller")
    year: int
    state: Literal["on_track", "needs_action", "overdue", "exempt"]
    target: Decimal | None
    verified: Decimal | None
    missing: Decimal | None
    exempt_until: date | None = Field(description="the first day on which the duty holds again; null: no day is set")
    nudge_from: date | None = Field(description="from when they may be reminded again; null: now, or they are exempt")


class AssignmentIn(Document):
    """A course that somebody is to attend by a day."""

    course_id: UUID
    due_on: Day


class AssignedOut(BaseModel):
    """A course that somebody is to attend; done once a valid record says that they did, on the day it was assigned or later."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    person_id: UUID
    course_id: UUID
    title: str
    assigned_by: UUID
    assigned_on: date
    due_on: date
    state: Literal["open", "overdue", "done", "withdrawn"]
    record_id: UUID | None
    end_date: date | None
    verified: bool | None = Field(description="of the record; null while there is none")


class NudgeOut(BaseModel):
    """A reminder that is on its way."""

    person_id: UUID
    nudged_on: date
    nudge_from: date = Field(description="from when they may be reminded again")
