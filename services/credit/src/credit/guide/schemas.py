"""The guide as it is shown."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from credit.cases.schemas import LeftOutMonthOut
from credit.rule_packs.schemas import ReadingOut


class WayOut(BaseModel):
    """A way to points in the jenjang held: what it gives (`ak`; null where its paper says it), how it is sent, and the rule."""

    kind: Literal["predikat", "education", "opening"]
    code: str | None = Field(description="of a predikat: which")
    ak: str | None = Field(description="of a predikat: for a whole year")
    explanation: str
    sent_by: str
    rule_pack: str
    source: str
    status: str
    sources: list[str]


class ZeroOut(BaseModel):
    """Something that gives nothing: why it is zero, and the legal source."""

    code: str
    explanation: str
    source: str


class YearOut(BaseModel):
    """The months of a year: those that a predikat may still be sent for, and those that give nothing any more, each with its reason."""

    year: int
    free: list[date]
    left_out: list[LeftOutMonthOut]


class GuideOut(BaseModel):
    """What counts for a person today; `counts` is empty outside the functional posts."""

    person_id: UUID
    day: date
    jenjang: str | None
    counts: list[WayOut]
    nothing: list[ZeroOut]
    months: list[YearOut]
    readings: list[ReadingOut]
