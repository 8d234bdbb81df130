"""Flags of records as shown, answered and settled."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document, Paragraph, Words
from common.signs import Verdict
from training.domain.plausibility import Sign


class AnswerIn(Document):
    """What the person says to a flag of theirs."""

    answer: Paragraph


class SettleIn(Document):
    """What was found, and why."""

    verdict: Verdict
    reason: Words


class RecordFlagOut(BaseModel):
    """A sign that a record may not have been earned as it was told. It changes nothing by itself."""

    id: UUID
    record_id: UUID
    person_id: UUID
    kind: Sign
    figure: int = Field(description="how many, as `sentence` says")
    sentence: str
    found_on: date
    rule_pack: str
    answer: str | None = Field(description="what the person says to it")
    answered_at: datetime | None
    verdict: Verdict | None = Field(description="null: nobody has judged it yet")
    reason: str | None
    settled_at: datetime | None
