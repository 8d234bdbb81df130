"""Rows of trainings, as a spreadsheet has them."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from common.fields import Day, Document, Line, Words
from contracts.nip import WrittenNip


class TrainingRow(Document):
    """A finished activity of a person. The reference is the sender's own: the same again is the same training."""

    reference: Line
    nip: WrittenNip
    course_code: Line | None = None
    provider_code: Line | None = None
    form: Line | None = None
    title: Words | None = None
    start_date: Day | None = None
    end_date: Day
    jp: Annotated[Decimal, Field(ge=0, le=10_000, decimal_places=2)] | None = None
    sessions: Annotated[int, Field(ge=1, le=100)] | None = None
    degree: Line | None = None
    evidence: Words | None = None
