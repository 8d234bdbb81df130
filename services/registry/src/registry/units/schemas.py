"""Units as sent and answered."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Day, Document
from registry.fields import Code, Name


class UnitIn(Document):
    """A unit as it is from `valid_from` on; `id` may be chosen by the caller when it is new.

    `valid_from` is by default today for a change, and for a new unit 1 January 1900: it was always there. What is left
    out of a known one stays as it is; the parent, named by id or code, is cleared by a null `parent_id`.
    """

    id: UUID | None = None
    code: Code
    name: Name
    parent_id: UUID | None = None
    parent_code: Code | None = None
    valid_from: Day | None = None


class UnitLine(UnitIn):
    """A unit of a bulk upload, known by its agency and code; what stands above it may come before it or after it."""

    agency_id: UUID | None = None
    agency_code: Code | None = None

    @property
    def above(self) -> tuple[UUID | None, str | None]:
        """By which id and by which code it names what stands above it."""
        return self.parent_id, self.parent_code


class UnitOut(BaseModel):
    """A unit as it was on a day, and from when until when (exclusive; null: still) it was so."""

    id: UUID
    agency_id: UUID
    code: str
    name: str
    parent_id: UUID | None
    valid_from: date
    valid_to: date | None
    version: int


class UnitStateOut(BaseModel):
    """What a unit was called, and what it was a part of."""

    valid_from: date
    valid_to: date | None
    name: str
    parent_id: UUID | None


class UnitHistoryOut(BaseModel):
    """All that is on record of a unit, oldest first; its last state ends with a closed unit."""

    unit_id: UUID
    agency_id: UUID
    code: str
    states: list[UnitStateOut]
    successors: list[UUID] = Field(description="the units that took over when it was closed")
    version: int
