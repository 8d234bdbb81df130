"""Posts with their dated states, and who holds them: `valid_to` is exclusive, null where it goes on."""

from datetime import date
from typing import get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from common.store.tables import Stored
from registry.domain.post import Kind, PostType


def _listed(values: object) -> str:
    return ", ".join(f"'{value}'" for value in get_args(values))


class PostRow(Stored, table=True):
    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("agency_id", "code"), UniqueConstraint("agency_id", "id"))

    id: UUID = Field(primary_key=True)
    agency_id: UUID = Field(foreign_key="agencies.id")
    code: str
    version: int


class PostStateRow(Stored, table=True):
    """What a post was; its unit and its superior post are of the same agency."""

    __tablename__ = "post_states"
    __table_args__ = (
        ForeignKeyConstraint(["agency_id", "post_id"], ["posts.agency_id", "posts.id"]),
        ForeignKeyConstraint(["agency_id", "unit_id"], ["units.agency_id", "units.id"]),
        ForeignKeyConstraint(["agency_id", "superior_id"], ["posts.agency_id", "posts.id"]),
        Index(None, "superior_id"),
        Index(None, "unit_id"),
        CheckConstraint(f"type IN ({_listed(PostType)})", name="type"),
        CheckConstraint("seats > 0", name="seats"),
        CheckConstraint("valid_from < valid_to", name="dates"),
    )

    post_id: UUID = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None
    agency_id: UUID
    type: str
    name: str
    jenjang: str
    unit_id: UUID
    seats: int
    superior_id: UUID | None


class HoldingRow(Stored, table=True):
    """A post somebody held, as their own or as acting holder."""

    __tablename__ = "holdings"
    __table_args__ = (
        ForeignKeyConstraint(["agency_id", "post_id"], ["posts.agency_id", "posts.id"]),
        Index(None, "post_id", "person_id"),
        CheckConstraint(f"kind IN ({_listed(Kind)})", name="kind"),
        CheckConstraint("valid_from < valid_to", name="dates"),
    )

    person_id: UUID = Field(primary_key=True, foreign_key="people.id")
    post_id: UUID = Field(primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None
    kind: str
    agency_id: UUID


posts, post_states, holdings = PostRow.table(), PostStateRow.table(), HoldingRow.table()
