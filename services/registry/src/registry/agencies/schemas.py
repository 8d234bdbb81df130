"""Agencies and PICs as sent and answered."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from common.fields import Day, Document, Line
from contracts.zone import JAKARTA, Zone
from registry.domain.agency import Kind, Language, Rank
from registry.fields import Code, Email, TimeZone


class AgencyIn(Document):
    """An agency; `id` may be chosen by the caller when it is new, and it is `active` and works by WIB unless told otherwise.

    What is left out of a known one stays as it is; `region` and `parent_id` are cleared by null. Region and zone hold from
    `valid_from` until their next change on record, by default from today; those of a new one also held before.
    """

    id: UUID | None = None
    code: Code = Field(examples=["K-001"])
    name: Line
    kind: Kind
    region: Line | None = None
    parent_id: UUID | None = None
    active: StrictBool = True
    zone: Zone = Field("WIB", description="western, central or eastern time: by its days its people's moments count")
    valid_from: Day | None = Field(None, description="from when region and zone are so; not a day to come")


class PicIn(Document):
    """Who answers for competence development: `time_zone` is an IANA name.

    A PIC who keeps rank and name or address keeps `language` and `time_zone` where they are left out.
    """

    rank: Rank
    name: Line
    email: Email
    language: Language = "id"
    time_zone: TimeZone = JAKARTA.key


class PicsIn(Document):
    """All PICs of an agency: at most one main and one deputy."""

    pics: list[PicIn]


class AgencyLine(AgencyIn):
    """An agency of a bulk upload. `pics` replaces all PICs, null removes them."""

    pics: list[PicIn] | None = None


class AgencyOut(BaseModel):
    """An agency as it is now; region and zone as they were on the day asked for."""

    id: UUID
    code: str
    name: str
    kind: Kind
    region: str | None
    parent_id: UUID | None
    active: bool
    zone: Zone
    closed_on: date | None = Field(description="the first day on which it was no more, by a reform")
    merged_into: UUID | None = Field(description="the agency that took over all it had")
    successors: list[UUID] = Field(
        description="who has today what it had; the first, also what is nobody's in particular"
    )
    version: int


class AgencyWithoutPic(AgencyOut):
    """An agency without a main PIC or without a deputy: which of the two is named."""

    has_main: bool
    has_deputy: bool


class PicOut(BaseModel):
    """A PIC as stored."""

    rank: Rank
    name: str
    email: str
    language: Language
    time_zone: str


class PicsOut(BaseModel):
    """All PICs of an agency, main first."""

    agency_id: UUID
    pics: list[PicOut]
    version: int
