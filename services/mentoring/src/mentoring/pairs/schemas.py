"""Pairs as shown."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Document, Words
from contracts.looks import WhoseId
from mentoring.by_sex.schemas import SexCoverageOut
from mentoring.domain.pairs import State


class PairOut(BaseModel):
    """A pair."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    programme_id: UUID
    mentee_id: WhoseId
    mentor_id: WhoseId
    state: State
    answer_by: datetime | None
    mentee_accepted_at: datetime | None
    mentor_accepted_at: datetime | None
    begins_on: date | None
    ends_on: date | None = Field(description="the last day as planned, or as it came")
    ended_reason: str | None
    version: int


class DeskPairOut(PairOut):
    """A pair as whoever runs the programme sees it."""

    run_id: UUID | None = Field(description="null: made by hand")
    mentee_agency_id: UUID = Field(description="as at the match, as the other's")
    mentor_agency_id: UUID
    score: int
    review: str | None = Field(description="why it is to be looked at; null: nothing is open")
    declined_by: WhoseId | None = Field(None, description="for whoever runs the programme alone")
    decline_reason: str | None = Field(None, description="for whoever runs the programme alone")


class DeclineIn(Document):
    """Why somebody says no; the programme's desk alone reads it."""

    reason: Words


class ByHandIn(Document):
    """A pair made by hand, and why."""

    mentee_id: UUID
    mentor_id: UUID
    reason: Words


class MoveIn(Document):
    """Another mentor for the mentee of a draft, and why."""

    mentor_id: UUID
    reason: Words


class KeepIn(Document):
    """Why a pair that is up for review stays as it is."""

    reason: Words


class ExchangeIn(Document):
    """Another draft, with which the mentor is exchanged, and why."""

    pair_id: UUID
    reason: Words


class DraftedOut(BaseModel):
    """How many pairs of a run are drafts now."""

    drafts: int


class PublishedOut(BaseModel):
    """What came of publishing."""

    offered: int
    review: int = Field(description="drafts that break a limit by now, each says which")


class PairChangeOut(BaseModel):
    """What the desk did with a pair, and why."""

    model_config = ConfigDict(from_attributes=True)

    version: int = Field(description="that of the pair after it")
    change: Literal[
        "made",
        "moved",
        "kept-left",
        "kept-line",
        "kept-transfer",
        "kept-jenjang",
        "kept-withdrawn",
        "ended-left",
        "ended-line",
        "ended-transfer",
        "ended-jenjang",
        "ended-withdrawn",
    ]
    reason: str
    by: str
    at: datetime


class GroupCoverageOut(BaseModel):
    """A region, or those of one jenjang in it. Null parts: one of them is small, or would give away a small one."""

    region: str
    jenjang: str | None = Field(description="null: the whole region")
    applicants: int
    matched: int | None
    unmatched: int | None
    median_score: int | None


class CoverageOut(BaseModel):
    """Who of the applicants has a mentor. Groups of fewer than ten are left out, and others with which they would be known."""

    applicants: int
    matched: int
    unmatched: int
    groups: list[GroupCoverageOut]
    by_sex: list[SexCoverageOut] = Field(
        description="of those who could be counted without telling of a few, as they stood when they were"
    )
    by_sex_on: date | None = Field(description="the day of the last count; null: there was none that may be told")


class UnmatchedOut(BaseModel):
    """Somebody without a mentor."""

    person_id: UUID
    limited_by: str = Field(
        description="the limit that binds them; `not-matched-yet`: they could have a seat that is free"
    )
