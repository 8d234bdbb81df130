"""Feedback as given and shown."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.fields import Document
from contracts.looks import WhoseId
from mentoring.profiles.schemas import Competency, Degree


class FeedbackIn(Document):
    """How far one of the two sees the mentee in each item: at the start, and at the end the same items again."""

    levels: dict[Competency, Degree] = Field(min_length=1, max_length=10)
    content: Degree | None = Field(None, description="at the end: how content they are with the mentoring")


class AnswersIn(Document):
    """What is asked after each session, the same each time: 1 to 5."""

    useful: Degree = Field(description="how useful it was")
    clear: Degree = Field(description="how clear what follows from it is")
    open: Degree = Field(description="how openly one could speak")


class AnswersOut(BaseModel):
    """What one of the two has answered."""

    model_config = ConfigDict(from_attributes=True)

    useful: int
    clear: int
    open: int
    said_at: datetime


class SessionFeedbackOut(BaseModel):
    """What the two have answered after a session; null: not yet, and nobody has to."""

    session_id: UUID
    mentee_id: WhoseId
    mentor_id: WhoseId
    mentee_says: AnswersOut | None
    mentor_says: AnswersOut | None


class ChangeOut(BaseModel):
    """How one of the two sees a level: null where they have not said it."""

    start: int | None
    end: int | None
    change: int | None


class RatedGoalOut(BaseModel):
    """A competency with the level that was agreed on, and how each of the two sees it at the start and at the end."""

    competency: str
    wanted: int | None = Field(description="null: no goal of the agreement any more")
    mentee: ChangeOut
    mentor: ChangeOut


class FeedbackOut(BaseModel):
    """What the two say of the mentee, item by item."""

    pair_id: UUID
    mentee_id: WhoseId
    mentor_id: WhoseId
    goals: list[RatedGoalOut]
    mentee_content: int | None
    mentor_content: int | None
