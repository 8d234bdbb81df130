"""Recognition as shown, and thanks as said."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document, Paragraph
from contracts.looks import WhoseId


class ThanksIn(Document):
    """What a mentee says to their mentor."""

    words: Paragraph
    helped: int = Field(strict=True, ge=1, le=5, description="how much it has helped: 1 to 5")


class ThanksOut(BaseModel):
    """What a mentee has said."""

    pair_id: UUID
    mentee_id: WhoseId
    mentor_id: WhoseId
    words: str
    helped: int
    said_at: datetime


class RecognitionOut(BaseModel):
    """What a mentor has done in a calendar year."""

    year: int
    sessions: int
    hours: Decimal = Field(description="those of the sessions, by the clock")
    mentees: int
    corrections: int
    told_at: datetime


class RecognitionsOut(BaseModel):
    """What somebody has done as a mentor, year by year, and what mentees have said."""

    person_id: UUID
    years: list[RecognitionOut]
    thanks: list[ThanksOut]
