"""Trials as they are shown."""

from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from credit.cases.schemas import LeftOutMonthOut, SegmentOut
from credit.rule_packs.schemas import ReadingOut

Becomes = Literal["stored", "updated", "duplicate", "refused"]


class TrialOut(BaseModel):
    """What would become of a predikat: `stored`, `updated` (it would repair a returned case), `duplicate`, or `refused`.

    Refused, `code` and `field` are those that sending it would answer. `source` is the rule behind the answer. Each month that gives
    nothing says why.
    """

    person_id: UUID
    status: Becomes
    code: str | None
    field: str | None
    explanation: str
    rule_pack: str
    source: str
    ak: str | None = Field(description="what it would come to")
    twelfths: Decimal | None
    segments: list[SegmentOut]
    left_out: list[LeftOutMonthOut]
    readings: list[ReadingOut]
