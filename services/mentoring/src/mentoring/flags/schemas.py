"""Flags as shown and settled."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document, Words
from common.signs import Verdict
from contracts.looks import WhoseId
from mentoring.domain.flags import Sign


class SettleIn(Document):
    """What the desk found, and why it thinks so."""

    verdict: Verdict
    reason: Words


class FlagOut(BaseModel):
    """A sign that a pair's sessions may not have been held as they were told. It changes nothing by itself."""

    id: UUID
    pair_id: UUID
    mentee_id: WhoseId
    mentor_id: WhoseId
    kind: Sign
    figure: int = Field(description="how many, as `sentence` says")
    sentence: str
    found_in: list[UUID] = Field(
        description="the sessions it was found in; of `mutual`, the other pairs of the same two"
    )
    rule_pack: str
    found_on: date
    verdict: Verdict | None = Field(description="null: nobody has judged it yet")
    reason: str | None
    settled_by: str | None
    settled_at: datetime | None
