"""Totals as everybody reads them."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

TotalsBy = Literal["kind", "region", "agency", "position"]


class TotalsOut(BaseModel):
    """People in service on the day: `active` = `met` + `short` + `exempt`, or these three are null where one is hidden."""

    active: int
    met: int | None
    short: int | None
    exempt: int | None


class GroupTotalsOut(TotalsOut):
    """The people of one kind of agency, of its agencies in one region, of one agency, or of one functional position."""

    key: UUID | str | None = Field(description="null for those without one")
    label: str | None
    kind: str | None = Field(description="of which kind of agency (K, L, D); null for a position")


class DutyTotalsOut(BaseModel):
    """How people stood at the end of a caturwulan, in numbers of groups that are not small."""

    as_of: date = Field(description="the end of the newest caturwulan of which totals are published")
    least: int = Field(description="a group of fewer people is hidden, and so is what would tell of it")
    source: str
    status: str = Field(description="how far this is confirmed")
    total: TotalsOut | None = Field(description="null where everybody together is too few")
    groups: list[GroupTotalsOut] = Field(description="those that may be told, the largest first")
