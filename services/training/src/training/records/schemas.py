"""What senders tell about a finished activity, and what they get back."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt

from common.fields import Document, Line, Words
from contracts.nip import WrittenNip
from training.fields import Code, Hours, When

SourceKind = Literal["system", "provider", "self"]


def _in_order(written: Iterable[date]) -> list[date]:
    return sorted(written, key=date.isoformat)


class Content(Document):
    """An activity: what, when, how long, how proved.

    A moment in place of a day is the day it was by the clock of the agency in which the person served then.
    """

    form: Code = Field(description="code of the form of learning, e.g. KL03; see GET /v1/rule-packs")
    title: Words
    course_code: Code | None = None
    provider_code: Code | None = None
    start_date: When
    end_date: When = Field(description="decides the counting year, and the agency it counts for")
    jp: Hours | None = Field(None, description="hours (JP) the certificate states; else those of the course")
    session_dates: Annotated[list[When], AfterValidator(_in_order)] = Field(
        default_factory=list[When],
        max_length=100,
        description="of coaching and mentoring, the day of each session: each counts in its own month and year;"
        " without them all count in the month of the end date",
    )
    sessions: StrictInt | None = Field(
        None, ge=1, le=100, description="as many as session_dates, else one, when absent"
    )
    international: StrictBool = False
    degree: Code | None = Field(None, description="with formal education only, e.g. S2")
    competencies: list[Code] = Field(default_factory=list, max_length=50)
    seconds: StrictInt | None = Field(
        None, ge=1, le=10_000_000, description="how long it took by the clock of the platform, where that measures it"
    )
    evidence: Words | None = Field(
        None,
        description="the issuer's link, the text of its QR code, or a document's number: kept and shown, and never opened by us",
    )


C = TypeVar("C", bound=Content)


class Training(Content):
    """A finished activity of a person, under the sender's own reference."""

    reference: Line = Field(
        description="unique within source_name and the sender; the same again is answered as a duplicate"
    )
    source_name: Line = Field(description="the system the record comes from, e.g. moodle-kemenkeu")
    source: SourceKind | None = Field(None, description="follows from the caller's role when absent")
    nip: WrittenNip | None = None
    person_id: UUID | None = None


class Correction(Content):
    """The new values of a record, all of them, and why they are new."""

    reason: Words


class Revocation(Document):
    """Why a record counts no more."""

    reason: Words


class Recorded(BaseModel):
    """A record as it is now."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    state: Literal["valid", "revoked"]
    person_id: UUID
    agency_id: UUID
    year: int = Field(description="of the end date")
    form: str
    title: str
    provider_id: UUID | None
    course_id: UUID | None
    start_date: date
    end_date: date
    jp_stated: Decimal | None
    jp_counted: Decimal
    jp_by_year: dict[int, Decimal] | None = Field(
        description="jp_counted by the years it counts in; null: all of it in `year`"
    )
    why: str = Field(description="the rule that decided: stated, default, sessions-capped, ...")
    rule_pack: str
    sessions: int
    session_dates: list[date]
    international: bool
    degree: str | None
    competencies: list[str]
    seconds: int | None = None  # versions from before this was told have none
    evidence: str | None
    source_kind: SourceKind
    source_name: str
    reference: str
    verified: bool
    accredited: bool = Field(
        True,  # versions from before this was asked were refused where it was not so
        description="whether its provider was accredited for the form on both days; where not, a person must confirm it",
    )
    recorded_at: datetime


class Version(BaseModel):
    """What a record said after a change, who changed it, and why (nothing for the first version)."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    state: Recorded
    reason: str | None
    changed_by: str
    changed_at: datetime


class History(BaseModel):
    """All versions of a record, the first one first."""

    items: list[Version]
