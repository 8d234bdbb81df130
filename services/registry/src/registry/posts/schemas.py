"""Posts as sent and answered."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Day, Document
from registry.domain.post import Kind, Level, PostType
from registry.fields import Code, Name

Seats = Annotated[int, Field(ge=1, le=100_000, strict=True)]


class PostIn(Document):
    """A post as it is from `valid_from` on; `id` may be chosen by the caller when it is new.

    `valid_from` is by default today for a change, and for a new post 1 January 1900: it was always there. `seats` is 1
    unless told otherwise. What is left out of a known one stays as it is; unit and superior post are named by id or
    code, and a null `superior_id` says that nobody stands above it.
    """

    id: UUID | None = None
    code: Code
    type: PostType
    name: Name
    jenjang: Level
    unit_id: UUID | None = None
    unit_code: Code | None = None
    seats: Seats = 1
    superior_id: UUID | None = None
    superior_code: Code | None = None
    valid_from: Day | None = None


class PostLine(PostIn):
    """A post of a bulk upload, known by its agency and code; what stands above it may come before it or after it."""

    agency_id: UUID | None = None
    agency_code: Code | None = None

    @property
    def above(self) -> tuple[UUID | None, str | None]:
        """By which id and by which code it names what stands above it."""
        return self.superior_id, self.superior_code


class PostStateOut(BaseModel):
    """What a post was, from a day until another (exclusive; null: still)."""

    valid_from: date
    valid_to: date | None
    type: PostType
    name: str
    jenjang: Level
    unit_id: UUID
    seats: int
    superior_id: UUID | None


class PostOut(PostStateOut):
    """A post as it was on a day, and how many held it as their own then."""

    id: UUID
    agency_id: UUID
    code: str
    holders: int
    version: int


class HolderOut(BaseModel):
    """Somebody who held a post."""

    person_id: UUID
    kind: Kind
    valid_from: date
    valid_to: date | None


class PostHistoryOut(BaseModel):
    """All that is on record of a post, oldest first; its last state ends with a closed post."""

    post_id: UUID
    agency_id: UUID
    code: str
    states: list[PostStateOut]
    holders: list[HolderOut]
    version: int
