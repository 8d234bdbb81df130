"""The ledger as it is shown: hours (JP) as exact decimals, each with the rule that gave it."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field

from training.texts import ExplanationOut


class DutyRuleOut(ExplanationOut):
    """The rule the yearly duty comes from."""

    pack: str


class ProRataOut(ExplanationOut):
    """How many months of the year count, why not all of them, and what part of the target they ask for."""

    months: int
    reason: str


class CapOut(ExplanationOut):
    """The most that the forms with this cap count together: sessions in a calendar month, or JP on a day."""

    code: str
    sessions_a_month: int | None
    jp_a_day: Decimal | None


class RecordJpOut(BaseModel):
    """What one record counts in the year, and why; its sessions or days of another year are shown with that year."""

    id: UUID
    title: str
    start_date: date
    end_date: date
    session_dates: list[date]
    stated: Decimal | None
    counted: Decimal
    verified: bool
    why: str


class FormJpOut(BaseModel):
    """What the records of a form count by the rule pack they were judged by."""

    form: str
    label: str
    pack: str
    stated: Decimal
    counted: Decimal
    cap: CapOut | None
    rule: str
    source: str
    status: str = Field(description="how far the form's value is confirmed")
    records: list[RecordJpOut]


class PersonJpOut(BaseModel):
    """What a person owes and has in a year. `floor` and `ceiling` are those of a whole year."""

    person_id: UUID
    year: int
    floor: Decimal | None
    ceiling: Decimal | None
    target: Decimal
    verified: Decimal
    unverified: Decimal
    left: Decimal
    over: Decimal
    fulfilled: bool
    rule: DutyRuleOut
    pro_rata: ProRataOut
    forms: list[FormJpOut]


class UnitJpOut(BaseModel):
    """A unit with people below their target."""

    unit_id: UUID | None
    unit_name: str | None
    people: int
    short: int


class AgencyJpOut(BaseModel):
    """How the people of an agency stand in a year: those who serve there on `as_of`, `met` + `short` + `exempt`."""

    agency_id: UUID
    year: int
    as_of: date
    people: int
    met: int
    short: int
    exempt: int
    over_ceiling: int
    waiting: int = Field(description="short people who would have met their target if all they declared were verified")
    target: Decimal
    verified: Decimal
    unverified: Decimal
    units: list[UnitJpOut] = Field(description="up to ten units with the most people short")
