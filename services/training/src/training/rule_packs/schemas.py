"""Rule packs as they are shown."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, Field

from contracts.degrees import Degree
from training.standing.schemas import CapShown
from training.texts import Explanation


class DutyView(Explanation):
    """The yearly duty of a staff type, in JP of a whole year."""

    staff_type: str
    floor: Decimal | None
    ceiling: Decimal | None
    target: Decimal


class FormView(BaseModel):
    """How a form of learning counts; `status` says how far its value is confirmed."""

    code: str
    label: str
    kind: str
    jp: Decimal | None
    cap: CapShown | None
    international: Decimal | None = Field(description="share added where the activity was abroad")
    rule: str
    source: str
    status: str


class JpPackView(BaseModel):
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
    duties: list[DutyView]
    pro_rata: Explanation
    forms: list[FormView]
