"""Facts as they are sent and shown."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from common.fields import Day, Document, Line, Paragraph
from contracts.nip import WrittenNip

FactKind = Literal["test", "discipline"]
Level = Literal["none", "light", "medium", "heavy"]


class FactIn(Document):
    """What a paper says of somebody.

    `test`: on `day` they passed the test (uji kompetensi) for the `jenjang`. `discipline`: a decree of this `level` is in force from
    `day` until the day before `until`, where it has an end; `none` states that there was none by `day`.
    """

    nip: WrittenNip | None = None
    person_id: UUID | None = None
    kind: FactKind
    day: Day
    jenjang: Line | None = Field(None, examples=["ahli_muda"])
    level: Level | None = None
    until: Day | None = None
    paper: Line = Field(description="its number", examples=["SERT-UKOM/12/2026"])

    @model_validator(mode="after")
    def _says_what_its_kind_says(self) -> "FactIn":
        if (self.nip is None) == (self.person_id is None):
            raise PydanticCustomError("person-unclear", "neither or both of nip and person_id")
        of_test, of_discipline = self.jenjang is not None, self.level is not None or self.until is not None
        if (of_test, of_discipline) != (self.kind == "test", self.kind == "discipline"):
            raise PydanticCustomError("fact-unclear", "says too little, or what is of the other kind")
        if self.until is not None and (self.level in {None, "none"} or self.until <= self.day):
            raise PydanticCustomError("dates-reversed", "ends before it begins, or there is nothing to end")
        return self


class WithdrawalIn(Document):
    """Why a fact is wrong."""

    reason: Paragraph


class FactOut(BaseModel):
    """A fact by a paper, who recorded it, and who withdrew it if it was wrong."""

    id: UUID
    person_id: UUID
    kind: FactKind
    jenjang: str | None
    level: Level | None
    day: date
    until: date | None
    paper: str | None
    recorded_by: str
    recorded_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawn_for: str | None


class FactsOut(BaseModel):
    """All that was recorded of somebody, newest first."""

    person_id: UUID
    facts: list[FactOut]
