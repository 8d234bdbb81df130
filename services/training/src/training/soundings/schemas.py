"""Sweeps and shortfalls as the API shows them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from training.texts import ExplanationOut

State = Literal["open", "resolved"]


class SweepOut(BaseModel):
    """A sweep of everybody for one caturwulan. A caller of an agency sees the numbers of that agency."""

    id: UUID
    year: int
    period: int
    as_of: date = Field(description="people are counted where they served on this date")
    rule_pack: str
    state: Literal["running", "done"]
    replaces: UUID | None = Field(description="the earlier sweep of the same period that this one corrects")
    started_at: datetime
    finished_at: datetime | None
    people: int = Field(description="in service on `as_of`, and before the period was over")
    short: int = Field(description="below what was due when the sweep was made")


class ShortfallOut(BaseModel):
    """Somebody found short by the newest sweep of a period; hours (JP) as they were at `changed_at`."""

    sweep_id: UUID
    year: int
    period: int
    as_of: date
    person_id: UUID
    agency_id: UUID
    unit_id: UUID | None
    unit_name: str | None
    page: int = Field(description="of the agency's announcement; 0 for somebody who fell short only later")
    target: Decimal = Field(description="owed for the whole year")
    threshold: Decimal = Field(description="due by the end of the period")
    pace: ExplanationOut
    verified: Decimal
    missing: Decimal
    verified_now: Decimal = Field(description="the year's verified hours as the ledger has them now")
    state: State
    changed_at: datetime
