"""The index as it is shown."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field

from credit.domain.professionalism import Dimension, Group, Part
from credit.rule_packs.schemas import ReadingOut


class DimensionOut(BaseModel):
    """A dimension: its score, or null where it is not known (*belum diketahui*), with the sentence why and the rule."""

    dimension: Dimension
    score: Decimal | None
    most: Decimal
    explanation: str
    status: str
    sources: list[str]


class PartOut(BaseModel):
    """A part of the competence dimension."""

    part: Part
    gives: Decimal
    done: bool
    jp: Decimal | None = Field(description="counted, where JP decide")
    asked: Decimal | None


class MoreOut(BaseModel):
    """What one more training of this kind would change, on its own: the JP it must have where JP decide, and what comes of it."""

    part: Part
    jp: Decimal | None
    gain: Decimal
    competence: Decimal
    at_least: Decimal
    explanation: str


class GroupIndexOut(BaseModel):
    """The averages over the people of a group, to two decimals: what is not on record counts as nothing at least, and as all it could be at most."""

    unit_id: UUID | None = Field(description="null for the agency")
    people: int
    known: int | None = Field(description="of how many every dimension is known; null where that would tell of few")
    at_least: Decimal
    at_most: Decimal
    competence_at_least: Decimal
    competence_at_most: Decimal


class AgencyIndexOut(BaseModel):
    """The index over an agency or a unit (`whole`), and over the units directly below. A group that may not be told is left out."""

    agency_id: UUID
    unit_id: UUID | None
    day: date
    whole: GroupIndexOut | None
    units: list[GroupIndexOut]
    smallest_group: int
    rule_pack: str
    source: str


class IndexOut(BaseModel):
    """The index of a person on a day. Where a dimension is not known it lies from `at_least` to `at_most`; `index` is told when all are known,
    the band when both are in one.
    """

    person_id: UUID
    day: date
    group: Group | None
    index: Decimal | None
    at_least: Decimal
    at_most: Decimal
    band: str | None
    dimensions: list[DimensionOut]
    parts: list[PartOut]
    more: list[MoreOut]
    rule_pack: str
    source: str
    readings: list[ReadingOut]
