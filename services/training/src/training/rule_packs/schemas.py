"""Rule packs as they are shown."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, Field

from contracts.degrees import Degree
from training.standing.schemas import CapOut
from training.texts import ExplanationOut


class DutyOut(ExplanationOut):
    """The yearly duty of a staff type, in JP of a whole year."""

    staff_type: str
    floor: Decimal | None
    ceiling: Decimal | None
    target: Decimal


class FormOut(BaseModel):
    """How a form of learning counts; `status` says how far its value is confirmed."""

    code: str
    label: str
    kind: str
    jp: Decimal | None
    cap: CapOut | None
    international: Decimal | None = Field(description="share added where the activity was abroad")
    rule: str
    source: str
    status: str


class JpPackOut(BaseModel):
    """Learning hours (JP) as they count from `valid_from` until the day before `valid_to`."""

    id: str
    title: str
    source: str
    valid_from: date
    valid_to: date | None
    jp_most: Decimal
    jp_step: Decimal
    years_most: int
    degrees: list[Degree] = Field(description="formal education, from low to high")
    duties: list[DutyOut]
    pro_rata: ExplanationOut
    forms: list[FormOut]
