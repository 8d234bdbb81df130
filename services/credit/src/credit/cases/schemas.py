"""Cases as they are shown and moved."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StrictInt

from common.fields import Document, Line, Paragraph
from credit.domain.cases import Decided, Kind, State
from credit.domain.entry import Method, Way
from credit.domain.periods import Why
from credit.domain.returns import Decision
from credit.rule_packs.schemas import ReadingOut


class SegmentOut(BaseModel):
    """Months in a row in one jenjang under one rule pack.

    `ak` = months/12 x percent/100 x base, shown with three decimals; `twelfths` is the exact amount
    times twelve. `base` is the coefficient a year, or the KP need for an education bonus (no months).
    """

    number: int
    jenjang: str
    period_start: date
    period_end: date
    months: int
    percent: int
    base: Decimal
    ak: str
    twelfths: Decimal
    rule_pack: str


class LeftOutMonthOut(BaseModel):
    """A month of the period that earns nothing in this case, and why; `case_id` is the case that has booked it."""

    month: date
    why: Why
    explanation: str
    source: str | None = Field(description="the legal source of the reason")
    case_id: UUID | None


class ContentOut(BaseModel):
    """What a predikat said before it was repaired."""

    period_start: date
    period_end: date
    predikat: str
    hasil_kerja: str | None
    perilaku: str | None
    performance_result: str | None = None
    performance_outcome: str | None = None
    evidence: str | None


class MoveOut(BaseModel):
    """A move: by whom (the subject of their token), for whom where a deputy made it, when, and why.

    `segments` are what the case came to, where it was judged; `replaced` is what it said before a repair. A move that
    leaves the state as it is was made by the service: the registry told of other posts or months of service.
    """

    version: int
    from_state: State | None
    to_state: State
    by: str
    acting_for: UUID | None
    at: datetime
    reason: str | None
    replaced: ContentOut | None
    segments: list[SegmentOut]


class RatingOut(BaseModel):
    """The predikat of some months in the post before."""

    predikat: str
    period_start: date
    period_end: date


class OpeningOut(BaseModel):
    """How somebody came to have what they start with, and what the paper says of it (`POST /v1/openings`)."""

    way: Way
    day: date
    method: Method | None
    stated: Decimal | None
    ratings: list[RatingOut]
    years: int | None
    post: str | None
    degree: str | None
    top: bool


class WaitOut(BaseModel):
    """Since when a case waits for a decision, and by when it is to be decided.

    Its clock is `due_on`, counted in working days; the queue is served in the order of `wanted_by`. `period` is the period of
    promotion that the person misses if nobody decides it by then, and the next one begins `months_lost` later; both null
    for points that lead to no promotion yet.
    """

    since: datetime
    due_on: date
    wanted_by: date
    period: date | None
    months_lost: int | None


class CaseOut(BaseModel):
    """A case with what it comes to."""

    id: UUID
    kind: Kind
    state: State
    version: int
    rejudged: bool = Field(
        description="whether its points have changed since it was submitted or checked, because the registry has told news;"
        " `history` shows what they were. To check or attest it, name its version (If-Match)."
    )
    person_id: UUID
    agency_id: UUID = Field(description="where the person serves now")
    period_start: date
    period_end: date
    span: Literal["annual", "periodic", "once"]
    source_name: str | None
    reference: str | None
    predikat: str | None
    hasil_kerja: str | None
    perilaku: str | None
    performance_result: str | None = Field(description="the id of the result that its predikat rests on, in its source")
    performance_outcome: str | None = Field(description="the id of the outcome which that result is for")
    evidence: str | None
    record_id: UUID | None
    degree: str | None
    opening: OpeningOut | None = Field(description="what the paper of an opening balance says")
    paper: str | None
    paper_date: date | None
    reverses: UUID | None = Field(description="of a reversal: the case whose points it takes back")
    months: int
    ak: str
    twelfths: Decimal
    segments: list[SegmentOut]
    left_out: list[LeftOutMonthOut]
    readings: list[ReadingOut] = Field(description="what the sources leave open of this case")
    submitted_by: str
    submitted_at: datetime
    checked_by: str | None
    attested_by: str | None
    returned_by: str | None
    return_reason: str | None
    moved_at: datetime
    waits: WaitOut | None = Field(description="null once it is decided, and while it waits for repair")


class PartOut(BaseModel):
    """A part of a case and what was decided of it: by whom (the subject of their token), in which round.

    `right` lasts through the rounds that follow, as long as no repair touches the part. `open` is to be decided in this round; `code`
    is then what was wrong with it in the round before.
    """

    part: str
    decision: Decision
    code: str | None
    explanation: str | None = Field(description="what the code says")
    round: int | None
    by: str | None


class CaseWithHistoryOut(CaseOut):
    """A case with its parts and all its moves; `rounds` is how often it was submitted."""

    rounds: int
    parts: list[PartOut]
    history: list[MoveOut]


class CaseIn(Document):
    """A case to move on; `version`, when given, must be the one the caller saw."""

    id: UUID
    version: Annotated[StrictInt, Field(ge=1, lt=2**31)] | None = None


class FaultIn(Document):
    """A part that is not in order, and the code of what is wrong with it; `GET /v1/rule-subjects` has both (`returns`)."""

    part: Line
    code: Line


class DecisionIn(CaseIn):
    """What is decided of a case, and why: a return says why and may name parts, as `ReturnIn`; the other acts may say why."""

    act: Decided
    reason: Paragraph | None = None
    parts: list[FaultIn] = Field(default_factory=list[FaultIn], max_length=20)


class ReturnIn(Document):
    """Why a case is sent back. Where `parts` are named, all others are right, and need no repair."""

    reason: Paragraph
    parts: list[FaultIn] = Field(default_factory=list[FaultIn], max_length=20)
