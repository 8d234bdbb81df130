"""Rows of predikat, as e-Kinerja exports them."""

from datetime import date, timedelta
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from common.fields import Document, Line, Year
from contracts.nip import WrittenNip

Predikat = Literal["sangat_baik", "baik", "butuh_perbaikan", "kurang", "sangat_kurang"]
PREDIKAT = get_args(Predikat)
Rating = Literal["di_bawah_ekspektasi", "sesuai_ekspektasi", "di_atas_ekspektasi"]
Month = Annotated[int, Field(ge=1, le=12)]


class PerformanceRow(Document):
    """The verdict on somebody's work over whole months of one year."""

    nip: WrittenNip
    year: Year
    first_month: Month
    last_month: Month
    predikat: Predikat
    hasil_kerja: Rating | None = None
    perilaku: Rating | None = None
    performance_result: Line | None = None
    performance_outcome: Line | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "PerformanceRow":
        if self.last_month < self.first_month:
            raise PydanticCustomError("dates-reversed", "ends before it starts")
        return self

    @property
    def start(self) -> date:
        """The first day."""
        return date(self.year, self.first_month, 1)

    @property
    def end(self) -> date:
        """The last day."""
        after = date(self.year + self.last_month // 12, self.last_month % 12 + 1, 1)
        return after - timedelta(days=1)
