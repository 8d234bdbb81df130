"""The access log as the person concerned reads it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class LookOut(BaseModel):
    """Somebody was shown a part of the caller's record."""

    id: UUID
    seen_at: datetime
    told: str = Field(description="all of it in one sentence, in the language asked for")
    name: str | None = Field(description="of the civil servant who looked, where their token names one")
    agency: str | None = Field(description="for which they looked")
    roles: list[str]
    client: str | None = Field(description="the program through which they looked")
    service: str
    part: str
    reason: str | None
