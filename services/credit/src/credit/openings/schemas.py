"""An opening balance as it is sent."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictInt, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from common.fields import Day, Document, Line
from contracts.degrees import Degree
from contracts.nip import WrittenNip
from credit.domain.entry import Method, Opening, Rating, Way
from credit.domain.periods import last_day
from credit.predicates.schemas import Predikat

Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}(\.[0-9]{1,3})?$")]
"""AK as a paper states them, with up to three decimals."""


class RatingIn(Document):
    """The predikat of whole months of one calendar year, in the post before."""

    predikat: Predikat
    period_start: Day
    period_end: Day

    @field_validator("period_end")
    @classmethod
    def _is_whole_months(cls, day: date, info: ValidationInfo) -> date:
        start: date | None = info.data.get("period_start")
        if start is not None and (start.day != 1 or day != last_day(day)):
            raise PydanticCustomError("period-not-whole-months", "not whole months")
        if start is not None and day < start:
            raise PydanticCustomError("dates-reversed", "ends before it starts")
        if start is not None and day.year != start.year:
            raise PydanticCustomError("period-crosses-years", "more than one calendar year")
        return day


class OpeningIn(Document):
    """What somebody starts with in the jenjang they hold on `day`, by a paper.

    `balance` is a PAK from before Jejak: `method` says how its amount came about, `stated` is the amount, `day` the last one it
    counts. In every other way `day` is the first in the post: `first` appointment and `transfer` by the `ratings` of the post
    before (at its `top` pangkat the last three years; with a `degree` where the pangkat does not fit), `between` two functional
    posts what the old one gave (`stated`), `inpassing` by whole `years` in the pangkat, `equalised` from a structural `post`,
    `reappointment` by what was had (`stated`) and the `ratings` since.
    """

    nip: WrittenNip | None = None
    person_id: UUID | None = None
    way: Way
    day: Day
    method: Method | None = None
    stated: Amount | None = Field(None, examples=["262.5"])
    ratings: list[RatingIn] = Field(default_factory=list[RatingIn], max_length=200)
    years: Annotated[StrictInt, Field(ge=0, le=60)] | None = None
    post: Line | None = Field(None, examples=["pengawas"])
    degree: Degree | None = None
    top: bool = False
    paper: Line = Field(description="its number", examples=["PAK 800/123/2022"])
    paper_date: Day

    @field_validator("ratings")
    @classmethod
    def _says_each_month_once(cls, ratings: list[RatingIn]) -> list[RatingIn]:
        inside = sorted((rating.period_start, rating.period_end) for rating in ratings)
        if any(after[0] <= before[1] for before, after in pairwise(inside)):
            raise PydanticCustomError("ratings-overlap", "a month twice")
        return ratings

    @model_validator(mode="after")
    def _names_one_person(self) -> "OpeningIn":
        if (self.nip is None) == (self.person_id is None):
            raise PydanticCustomError("person-unclear", "neither or both of nip and person_id")
        return self

    @property
    def opening(self) -> Opening:
        """What the paper says."""
        return Opening(
            way=self.way,
            day=self.day,
            method=self.method,
            stated=None if self.stated is None else Decimal(self.stated),
            ratings=tuple(Rating(**rating.model_dump()) for rating in self.ratings),
            years=self.years,
            post=self.post,
            degree=self.degree,
            top=self.top,
        )
