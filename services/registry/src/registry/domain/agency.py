"""An agency, who answers for competence development in it, and the tree agencies form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from common.refused import Refused
from contracts.zone import Zone

Kind = Literal["K", "L", "D"]
Rank = Literal["main", "deputy"]
Language = Literal["id", "en"]


@dataclass(frozen=True, slots=True)
class Pic:
    """Who gets the mails of an agency: at most one main and one deputy."""

    rank: Rank
    name: str
    email: str
    language: Language
    time_zone: str


@dataclass(frozen=True, slots=True)
class Agency:
    """A ministry (K), an institution (L) or a region (D); `region` is where it is, `zone` by which clock it works.

    A reform closes one for good: on `closed_on`, and `merged_into` is the one that took over all it had.
    """

    id: UUID
    code: str
    name: str
    kind: Kind
    region: str | None
    parent_id: UUID | None
    active: bool
    zone: Zone = "WIB"
    closed_on: date | None = None
    merged_into: UUID | None = None
    pics: tuple[Pic, ...] = ()
    version: int = 0


def in_order(pics: tuple[Pic, ...]) -> tuple[Pic, ...]:
    """Main before deputy. Raises Refused when two have the same rank."""
    if len({pic.rank for pic in pics}) < len(pics):
        raise Refused("pic-rank-twice", "pics")
    return tuple(sorted(pics, key=lambda pic: pic.rank != "main"))


def check_parent(child: UUID, parent: UUID | None, parents: Mapping[UUID, UUID | None]) -> None:
    """Raises Refused for a parent that is not in `parents`, or when a circle would close."""
    above = parent
    while above is not None:
        if above == child:
            raise Refused("parent-cycle", "parent_id")
        if above not in parents:
            raise Refused("agency-unknown", "parent_id")
        above = parents[above]
