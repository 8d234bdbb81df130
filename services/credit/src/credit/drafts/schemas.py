"""Drafts and replays as they are sent and shown."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from common.fields import Document
from credit.domain.books import Subject


class DraftIn(Document):
    """A rule pack of a subject as TOML, with its source, first day, tables and cases, in the form of those of the service.

    `title` says in words what it is. Its cases must pass.
    """

    subject: Subject = "conversion"
    content: Annotated[str, StringConstraints(min_length=1, max_length=200_000, pattern=r"^[^\x00]*$")]


class ActivateIn(Document):
    """From which day a draft is law: one that has not come yet."""

    law_from: date


class DraftOut(BaseModel):
    """A draft that has proved itself: who loaded it, when, and its text; and once it is law, from when, and who made it so."""

    id: UUID
    subject: Subject
    pack: str
    title: str
    source: str
    valid_from: date
    content: str
    loaded_by: str
    loaded_at: datetime
    replay_id: UUID | None = Field(description="its last replay, over or not")
    law_from: date | None
    activated_by: str | None
    activated_at: datetime | None


class ReplayTotalOut(BaseModel):
    """Of a jenjang: how many would gain, how many would lose, and twelfths in all."""

    jenjang: str
    gain: int
    lose: int
    gained: Decimal
    lost: Decimal


class ReplayOut(BaseModel):
    """All points so far had the draft been the law in place of `replaces`: nothing of the ledger is changed.

    Until `ended_at` says when it ended, the figures are those so far.
    """

    id: UUID
    draft_id: UUID
    replaces: str
    ordered_by: str
    ordered_at: datetime
    people: int = Field(description="whose entries were gone through")
    entries: int
    ended_at: datetime | None
    totals: list[ReplayTotalOut]


class ReplayChangeOut(BaseModel):
    """Somebody who would have more or less in a jenjang: what they have, and what they would have."""

    person_id: UUID
    jenjang: str
    was: Decimal = Field(description="twelfths")
    would_be: Decimal = Field(description="twelfths")
    ak: str
    ak_would_be: str
