"""Objections and appeals as they are filed, judged and shown."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document, Line, Paragraph
from credit.domain.appeals import AppealState, Level


class AppealIn(Document):
    """Why a decision is wrong. Against points that were attested, `predikat` is the one that they should be counted by."""

    grounds: Paragraph
    predikat: Line | None = None


class AnswerIn(Document):
    """Why an objection or appeal is granted or denied."""

    answer: Paragraph


class AppealOut(BaseModel):
    """An objection (*keberatan*) or an appeal (*banding*) against what was decided of a case, with its clocks in working days."""

    id: UUID
    case_id: UUID
    case_version: int = Field(description="version of the case with the decision that it is against")
    person_id: UUID
    level: Level
    after: UUID | None = Field(description="of an appeal: the objection that was denied")
    state: AppealState
    version: int
    grounds: str
    predikat: str | None
    rule_pack: str
    status: str = Field(description="how far the clocks are confirmed")
    filed_on: date
    answer_by: date = Field(description="the last day to answer; the day after, it is held granted")
    judged_by: str | None
    decided_on: date | None
    answer: str | None
    issue_by: date | None = Field(description="the last day to issue what was granted")
    issued_by: str | None
    issued_case: UUID | None = Field(description="the case that has the points it was granted")
    moved_at: datetime
