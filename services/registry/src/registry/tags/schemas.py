"""Tags as sent and answered."""

from pydantic import BaseModel, Field

from common.fields import Day, Document, Line
from contracts.nip import NOBODYS, WrittenNip
from registry.fields import Tag


class TagIn(Document):
    """A tag that somebody has from `valid_from` until `until` (exclusive), and the paper that says so.

    Said again for the same first day, it replaces what was said; with `until` on that day it is taken back.
    """

    tag: Tag
    valid_from: Day
    until: Day | None = None
    paper: Line = Field(examples=["SK Bupati 821.2/30/2022"])


class TagLine(TagIn):
    """A tag of the person with this NIP, in a bulk upload."""

    nip: WrittenNip = Field(description="18 digits; spaces and dots are accepted", examples=[NOBODYS])


class ListedTag(BaseModel):
    """A tag of the list: what it is called, and by which rule it is given."""

    tag: str
    name: str
    source: str


class ListedTags(BaseModel):
    """All tags there are."""

    tags: list[ListedTag]
