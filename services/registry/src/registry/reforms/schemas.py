"""Reforms as sent and answered."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Day, Document
from contracts.events.reforms import HeldItem
from registry.domain.agency import Rank


class ShareIn(Document):
    """What goes to an agency: the units named, with posts and what stands under them; without any, all the rest."""

    agency_id: UUID
    unit_ids: list[UUID] | None = Field(None, max_length=1000)


class ReformIn(Document):
    """An agency ends on a day, and what it had goes to others: one share is a merger, several are a split.

    Exactly one share names no units: it takes the rest, so that nobody is left without an agency.
    """

    agency_id: UUID
    on: Day = Field(description="the first day of the new order: this year, and not a day to come")
    shares: list[ShareIn] = Field(min_length=1, max_length=100)


class ShareOut(BaseModel):
    """What an agency would get."""

    agency_id: UUID
    units: int
    posts: int
    people: int


class PicGoes(BaseModel):
    """A PIC of the agency, and who would get them; null: nobody, since the heir has PICs already."""

    rank: Rank
    name: str
    goes_to: UUID | None


class HeldBy(BaseModel):
    """What of the agency stands in a service, as it was when that answered."""

    service: str
    items: list[HeldItem]


class ReformPreview(BaseModel):
    """What a reform would do: in the registry as it is now, and what each other service would move."""

    id: UUID
    agency_id: UUID
    on: date
    shares: list[ShareOut]
    staying: int = Field(description="who has retired or died by then: they stay on record where they left")
    pics: list[PicGoes]
    held: list[HeldBy] = Field(description="what the services that have answered hold of the agency")
    missing: list[str] = Field(
        description="the services that have not answered yet: they do within seconds once they run"
    )


class ReformOut(BaseModel):
    """A reform that was ordered; its job tells how far it is."""

    id: UUID
    job_id: UUID
    agency_id: UUID
    on: date
    shares: list[ShareIn]
    ordered_at: datetime
