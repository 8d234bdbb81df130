"""An agency, who answers for competence development in it, and the tree agencies form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from common.refused import Refused
from contracts.zone import Zone
from registry.domain.dated import EVER, restated
from registry.domain.history import History, at, begun

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
class Place:
    """Where an agency is, and by which clock it works."""

    region: str | None
    zone: Zone


@dataclass(frozen=True, slots=True)
class Agency:
    """A ministry (K), an institution (L) or a region (D), and where it was on any day up to now.

    A reform closes one for good: on `closed_on`, and `merged_into` is the one that took over all it had. `successors`
    have today what it had; the first, its heir, also what is nobody's in particular.
    """

    id: UUID
    code: str
    name: str
    kind: Kind
    parent_id: UUID | None
    active: bool
    places: History[Place]
    closed_on: date | None = None
    merged_into: UUID | None = None
    successors: tuple[UUID, ...] = ()
    pics: tuple[Pic, ...] = ()
    version: int = 0

    @property
    def region(self) -> str | None:
        """Where it is now."""
        return self.places[-1].value.region

    @property
    def zone(self) -> Zone:
        """By which clock it works now."""
        return self.places[-1].value.zone


def placed(before: Agency | None, place: Place, start: date, today: date) -> History[Place]:
    """The places of an agency that is in one from `start` until the next change on record.

    None is still to come: whoever keeps no dates is told where it is now. Raises Refused: `day-to-come`,
    `agency-closed`, `history-too-long`.
    """
    if start > today:
        raise Refused("day-to-come", "valid_from")
    if before is None:
        return begun(place, EVER)
    if at(before.places, start) == place:
        return before.places
    return restated(before.places, before.closed_on, place, start, "agency-closed")[0]


def succeeded(agency: Agency, closed: UUID, by: Sequence[UUID]) -> Agency:
    """The agency, where another that had taken over something of it is closed itself, and these have that now."""
    after = [new for each in agency.successors for new in (by if each == closed else (each,))]
    return replace(agency, successors=tuple(dict.fromkeys(after)))


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
