"""Reports of problems as sent, handled and shown."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Document, Paragraph
from contracts.looks import WhoseId
from mentoring.domain.reports import About


class ConfidantsIn(Document):
    """All whom a programme names for reports of problems."""

    person_ids: list[UUID] = Field(min_length=1, max_length=20)


class ConfidantsOut(BaseModel):
    """Whom a programme names for reports of problems; one in a line with somebody of the pair gets no report of it."""

    person_ids: list[UUID]


class ReportIn(Document):
    """A problem that one of a pair has with the other."""

    about: About
    words: Paragraph


class HandleIn(Document):
    """What has become of a report."""

    outcome: Paragraph = Field(description="for the reporter")
    told: Paragraph | None = Field(
        None, description="for the person concerned; null: they never hear that there was a report"
    )
    ends_pair: bool = Field(
        False, strict=True, description="end the pair too; both read that the programme did, and nothing of a report"
    )


class ReportOut(BaseModel):
    """A report as its sender sees it; `outcome` is null until it was handled."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    about: About
    words: str
    sent_at: datetime
    outcome: str | None
    handled_at: datetime | None


class ReportsOut(BaseModel):
    """What one of a pair has reported of the other, and where a report would go."""

    private: str = Field(description="who reads what is written here; told before anything is")
    goes_to: UUID | None = Field(
        description="outside the pair and both lines; null: nobody such is named, so none can go"
    )
    items: list[ReportOut]


class HandledReportOut(ReportOut):
    """A report as the person it went to sees it."""

    pair_id: UUID
    reporter_id: WhoseId
    concerns_id: UUID = Field(description="no look at them is noted: they would learn of the report by it")


class NoticeOut(BaseModel):
    """What somebody was told of a report that concerned them."""

    model_config = ConfigDict(from_attributes=True)

    words: str
    told_at: datetime


class NoticesOut(BaseModel):
    """What the caller was told of reports."""

    items: list[NoticeOut]
