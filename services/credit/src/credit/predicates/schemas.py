"""A predikat as it is sent."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from common.fields import Day, Document, Line, Words
from contracts.nip import WrittenNip
from credit.domain.periods import last_day

Predikat = Literal["sangat_baik", "baik", "butuh_perbaikan", "kurang", "sangat_kurang"]
Rating = Literal["di_bawah_ekspektasi", "sesuai_ekspektasi", "di_atas_ekspektasi"]


class PredicateIn(Document):
    """The verdict on a person's work over whole months of one calendar year.

    `hasil_kerja` and `perilaku` must make the predikat; when one is missing, at least one value of it must do so. `jenjang` is the one
    that its paper names, where it does: a period in which another was held is refused. `performance_result` and `performance_outcome` are the
    ids, in its source, of the result it rests on and of the outcome which that is for; where the rule of its period asks for them they must be there.
    """

    reference: Line = Field(description="unique within source_name and the sender")
    source_name: Line = Field(examples=["e-kinerja"])
    nip: WrittenNip | None = None
    person_id: UUID | None = None
    period_start: Day
    period_end: Day
    predikat: Predikat
    hasil_kerja: Rating | None = None
    perilaku: Rating | None = None
    jenjang: Line | None = Field(None, examples=["ahli_muda"])
    performance_result: Line | None = Field(None, examples=["RHK-2025-0007"])
    performance_outcome: Line | None = Field(None, examples=["SS-3"])
    evidence: Words | None = None

    @field_validator("period_start")
    @classmethod
    def _starts_a_month(cls, day: date) -> date:
        if day.day != 1:
            raise PydanticCustomError("period-not-whole-months", "not the first day of a month")
        return day

    @field_validator("period_end")
    @classmethod
    def _ends_a_month_of_the_year(cls, day: date, info: ValidationInfo) -> date:
        if day != last_day(day):
            raise PydanticCustomError("period-not-whole-months", "not the last day of a month")
        start = info.data.get("period_start")
        if start is not None and day < start:
            raise PydanticCustomError("dates-reversed", "ends before it starts")
        if start is not None and day.year != start.year:
            raise PydanticCustomError("period-crosses-years", "more than one calendar year")
        return day

    @model_validator(mode="after")
    def _names_one_person(self) -> "PredicateIn":
        if (self.nip is None) == (self.person_id is None):
            raise PydanticCustomError("person-unclear", "neither or both of nip and person_id")
        return self
