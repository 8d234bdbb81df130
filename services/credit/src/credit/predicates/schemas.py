"""A predikat as it is sent."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from common.fields import Day
from contracts.nip import WrittenNip
from credit.domain.periods import last_day

Predikat = Literal["sangat_baik", "baik", "butuh_perbaikan", "kurang", "sangat_kurang"]
Rating = Literal["di_bawah_ekspektasi", "sesuai_ekspektasi", "di_atas_ekspektasi"]
# Without control characters: PostgreSQL cannot hold a NUL, and a reference is one line of text.
Line = StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\x00-\x1f\x7f]+$")


class NewPredicate(BaseModel):
    """The verdict on a person's work over whole months of one calendar year.

    `hasil_kerja` and `perilaku` must make the predikat; when one is missing, some value of it must.
    """

    model_config = ConfigDict(extra="forbid")

    reference: Annotated[str, Line, Field(max_length=200, description="unique within source_name and the sender")]
    source_name: Annotated[str, Line, Field(max_length=100, examples=["e-kinerja"])]
    nip: WrittenNip | None = None
    person_id: UUID | None = None
    period_start: Day
    period_end: Day
    predikat: Predikat
    hasil_kerja: Rating | None = None
    perilaku: Rating | None = None
    evidence: Annotated[str, Line, Field(max_length=500)] | None = None

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
    def _names_one_person(self) -> "NewPredicate":
        if (self.nip is None) == (self.person_id is None):
            raise PydanticCustomError("person-unclear", "neither or both of nip and person_id")
        return self
