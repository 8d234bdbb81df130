"""Counts of people by how they stand."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from training.texts import ExplanationOut


class CountsOut(BaseModel):
    """People in service on the day: `active` = `met` + `short` + `exempt`, and `short` are in one of three states."""

    active: int
    met: int
    short: int
    exempt: int
    on_track: int
    needs_action: int
    overdue: int
    waiting: int = Field(description="those who are short, and would not be if all their hours were verified")
    missing: Decimal = Field(description="hours that those who are short still miss to their targets")
    target: Decimal
    verified: Decimal
    unverified: Decimal
    listed: str = Field(
        description="where these people are listed; with `&state=` and the name of a count, those of it"
    )


class GroupOut(CountsOut):
    """The people of one region, agency, unit, jenjang or position; the key is null for those without one."""

    key: UUID | str | None
    label: str | None


class StateOut(ExplanationOut):
    """A state, and when somebody is in it."""

    code: str


class DutyCountsOut(BaseModel):
    """How people stand on a day: where they served and which post they held then, with what had ended by then."""

    as_of: date
    counted_at: datetime
    newest_record_at: datetime | None = Field(description="when the newest training known was recorded")
    total: CountsOut
    groups: list[GroupOut] = Field(description="up to 1,000, those with the most people short first")
    exempt: ExplanationOut = Field(description="who is in none of the states but exempt")
    states: list[StateOut] = Field(description="the rule of the states, in the order in which it is asked")


AskedState = Literal["met", "short", "on_track", "needs_action", "overdue", "exempt"]


class DutyPersonOut(BaseModel):
    """Somebody who is in service on the day, and the one state they are in, by its rule."""

    person_id: UUID
    as_of: date
    agency_id: UUID
    unit_id: UUID | None
    unit_name: str | None
    jenjang: str | None
    position: str | None
    state: Literal["met", "on_track", "needs_action", "overdue", "exempt"]
    rule: ExplanationOut
    target: Decimal | None = Field(description="null for whoever is exempt")
    verified: Decimal | None = Field(description="null where a superior may know no more than that somebody is exempt")
    unverified: Decimal | None
    missing: Decimal | None = Field(description="of whoever is short")
    exempt_until: date | None = Field(description="the first day on which the duty holds again; null: no day is set")
