"""What attendees say of a class, and what is told of it together."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from common.fields import Document, Paragraph

Mark = Annotated[StrictInt, Field(ge=1, le=5)]
Served = Literal["knowledge", "skill", "attitude"]


class EvaluationIn(Document):
    """How a class was, from 1 to 5; nobody has to use words."""

    content: Mark
    teaching: Mark
    organisation: Mark
    words: Paragraph | None = None


class ReflectionIn(Document):
    """What a class gave somebody, in a few words, and which of knowledge, skill and attitude it served."""

    words: Paragraph
    served: list[Served] = Field(min_length=1, max_length=3)


class UseIn(Document):
    """Whether somebody has used what they learned."""

    used: StrictBool
    words: Paragraph | None = None


class EvaluationOut(BaseModel):
    """What an attendee has said of a class."""

    model_config = ConfigDict(from_attributes=True)

    content: int
    teaching: int
    organisation: int
    words: str | None
    said_at: datetime


class ReflectionOut(BaseModel):
    """What a class gave an attendee."""

    model_config = ConfigDict(from_attributes=True)

    words: str
    served: list[Served]
    said_at: datetime


class UseOut(BaseModel):
    """What an attendee has answered, once they were asked."""

    model_config = ConfigDict(from_attributes=True)

    asked_on: date
    used: bool | None
    words: str | None
    said_at: datetime | None


class OwnFeedbackOut(BaseModel):
    """All that somebody has said of a class."""

    class_id: UUID
    person_id: UUID
    evaluation: EvaluationOut | None
    later_evaluation: EvaluationOut | None
    reflection: ReflectionOut | None
    use: UseOut | None


class MarksOut(BaseModel):
    """Means of the marks, and the words in no order of their own, of so many answers."""

    answers: int
    content: Decimal
    teaching: Decimal
    organisation: Decimal
    words: list[str]


class UsesOut(BaseModel):
    """How many have used what they learned, of so many answers."""

    answers: int
    used: int
    rate: Decimal = Field(description="from 0 to 1")


class FeedbackOut(BaseModel):
    """What came of a class. What is made of answers is null while these are too few to be told, and follows later ones when
    these are as many again: no two readings differ by the answers of a few.
    """

    class_id: UUID
    attended: int
    evaluations: int
    marks: MarksOut | None
    later_evaluations: int = Field(description="of those who were asked whether they have used it")
    later_marks: MarksOut | None
    reflections: int
    served: dict[Served, int] | None
    asked: int = Field(description="whether they have used it")
    answered: int
    answer_rate: Decimal | None = Field(description="answered of asked, from 0 to 1; null before anybody was asked")
    uses: UsesOut | None
