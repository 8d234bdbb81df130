"""Posts that people hold, and where these put them, as sent and answered."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Day, Document
from contracts.nip import NOBODYS, WrittenNip
from registry.domain.post import Kind, Level, PostType
from registry.fields import Code


class HoldingIn(Document):
    """A post that somebody holds, their own or as acting holder, from `valid_from` until `until` (exclusive).

    The post is named by id, or by its code within an agency. Said again for the same post and first day, it replaces
    what was said; with `until` on that day it is taken back.
    """

    post_id: UUID | None = None
    post_code: Code | None = None
    agency_id: UUID | None = None
    agency_code: Code | None = None
    kind: Kind = "definitive"
    valid_from: Day
    until: Day | None = None


class HoldingLine(HoldingIn):
    """A post that the person with this NIP holds, in a bulk upload."""

    nip: WrittenNip = Field(description="18 digits; spaces and dots are accepted", examples=[NOBODYS])


class UnitOfPath(BaseModel):
    """A unit on the way down to where somebody serves."""

    id: UUID
    code: str
    name: str


class PostOfPlace(BaseModel):
    """The post somebody holds: their own, or where they have none the one they act in."""

    id: UUID
    code: str
    type: PostType
    name: str
    jenjang: Level
    kind: Kind


class SuperiorOut(BaseModel):
    """Who stands above somebody on a day, by which post, and whether they act in it."""

    person_id: UUID
    name: str | None = Field(description="null where their record rests, as they have asked")
    post_id: UUID
    post_name: str
    kind: Kind


class PlaceOut(BaseModel):
    """Where somebody serves on a day: units from the top down, the post, and the superior who follows from it."""

    person_id: UUID
    as_of: date
    agency_id: UUID
    units: Annotated[list[UnitOfPath], Field(description="from the top of the agency down; empty without a unit")]
    post: PostOfPlace | None
    superior: SuperiorOut | None
