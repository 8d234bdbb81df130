"""Erasures as sent and answered."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document, Line
from registry.domain.erasure import Ground


class ErasureIn(Document):
    """That somebody is to be erased: since the time is over, on their request, or since the record was never lawful."""

    person_id: UUID
    ground: Ground
    letter: Line = Field(description="the number of the letter it rests on", examples=["S-12/2026"])


class ErasurePreview(BaseModel):
    """What erasing somebody would do here; other services do the same with their copies."""

    person_id: UUID
    left_on: date
    kept_until: date = Field(description="from when the time alone is a ground")
    rows: dict[str, int] = Field(description="rows that would go or lose what they say, by table")


class ErasureAnswerOut(BaseModel):
    """What a service has against it; it is null where there is nothing."""

    service: str
    against: Literal["open-case"] | None


class ErasureOut(BaseModel):
    """An erasure: `awaited` are the services that have not answered yet; whoever asks once more asks them anew."""

    id: UUID
    person_id: UUID
    ground: Ground
    letter: str
    state: Literal["asked", "consented", "done", "withdrawn"]
    asked_by: str
    asked_at: datetime
    settled_by: str | None
    settled_at: datetime | None
    job_id: UUID | None
    answers: list[ErasureAnswerOut]
    awaited: list[str]
