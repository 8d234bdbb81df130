"""A post of an agency: its type and level, its unit, how many may hold it, and under which post it stands, over time.

Types and levels: UU 20/2023, with PermenPANRB 1/2023 for functional posts: JPT utama, madya and pratama; JA
administrator, pengawas and pelaksana; JF by the eight jenjang.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Literal
from uuid import UUID

from common.refused import Refused
from registry.domain.dated import lives, restated
from registry.domain.grades import GOLONGAN_OF_JENJANG, Jenjang
from registry.domain.history import History, at_or_first, begins_on, begun
from registry.domain.lines import find_loop, shown
from registry.domain.unit import Unit

PostType = Literal["JPT", "JA", "JF"]
Level = Literal["utama", "madya", "pratama", "administrator", "pengawas", "pelaksana"] | Jenjang
Kind = Literal["definitive", "plt", "plh"]
"""How somebody holds a post: as their own; or acting, in a vacant one (*pelaksana tugas*) or while the holder is away
(*pelaksana harian*)."""

LEVELS: Mapping[PostType, frozenset[Level]] = {
    "JPT": frozenset(["utama", "madya", "pratama"]),
    "JA": frozenset(["administrator", "pengawas", "pelaksana"]),
    "JF": frozenset(GOLONGAN_OF_JENJANG),
}


@dataclass(frozen=True, slots=True)
class PostState:
    """What a post is: its unit and the post above it are of the same agency; `seats` people may hold it."""

    type: PostType
    name: str
    jenjang: Level
    unit_id: UUID
    seats: int
    superior_id: UUID | None


@dataclass(frozen=True, slots=True)
class Post:
    """A post of an agency. From `closed_on` on it is no more."""

    id: UUID
    agency_id: UUID
    code: str
    states: History[PostState]
    closed_on: date | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Holding:
    """A post that somebody holds from a day until another (exclusive; None: still)."""

    post_id: UUID
    valid_from: date
    valid_to: date | None
    kind: Kind
    agency_id: UUID

    @property
    def key(self) -> tuple[UUID, date]:
        """By what it is known among the holdings of a person."""
        return self.post_id, self.valid_from

    def overlaps(self, other: "Holding") -> bool:
        """Whether both hold on some day."""
        return (other.valid_to is None or self.valid_from < other.valid_to) and (
            self.valid_to is None or other.valid_from < self.valid_to
        )


Posts = Mapping[UUID, Post]


def found_post(post: Post, state: PostState, start: date, known: Posts, units: Mapping[UUID, Unit]) -> Post:
    """A new post as it is from `start` on; of `post` only id, agency and code count. Raises Refused."""
    _check(post, state, start, None, known, units)
    return replace(post, states=begun(state, start))


def restate_post(
    post: Post, state: PostState, start: date, known: Posts, units: Mapping[UUID, Unit], held: Iterable[Holding]
) -> Post:
    """The post as it is from `start` until its next change on record; `held` are its holders. Raises Refused."""
    states, end = restated(post.states, post.closed_on, state, start, "post-closed")
    after = replace(post, states=states)
    if states != post.states:
        _check(post, state, start, end, known, units)
        check_seats(after, held, "seats")
    return after


def check_room(post: Post, held: Iterable[Holding], new: Holding) -> None:
    """Raises Refused when somebody cannot hold a post that others hold: it is not there, or taken."""
    if not lives(begins_on(post.states), post.closed_on, new.valid_from, new.valid_to):
        raise Refused("post-closed", "post_id")
    held = list(held)
    if new.kind == "definitive":
        check_seats(post, [each for each in (*held, new) if each.overlaps(new)], "post_id")
    elif any(each.kind != "definitive" and each.overlaps(new) for each in held):
        raise Refused("acting-twice", "post_id")


def check_seats(post: Post, held: Iterable[Holding], field: str) -> None:
    """Raises Refused when on some day more hold a post than it has seats."""
    changes: list[tuple[date, int]] = []
    for each in held:
        if each.kind == "definitive":
            changes.append((each.valid_from, 1))
            changes += [(each.valid_to, -1)] if each.valid_to else []
    changes += [(span.valid_from, 0) for span in post.states]
    holders = 0
    for day, of_day in groupby(sorted(changes), itemgetter(0)):
        holders += sum(change for _, change in of_day)
        seats = at_or_first(post.states, day).seats
        if holders > seats:
            raise Refused("seats-exceeded", field, seats=seats, on=day.isoformat())


def _check(
    post: Post, state: PostState, start: date, end: date | None, known: Posts, units: Mapping[UUID, Unit]
) -> None:
    if state.jenjang not in LEVELS[state.type]:
        raise Refused("level-type-mismatch", "jenjang")
    unit = units.get(state.unit_id)
    if unit is None or unit.agency_id != post.agency_id:
        raise Refused("unit-unknown", "unit_id")
    if not lives(begins_on(unit.states), unit.closed_on, start, end):
        raise Refused("unit-closed", "unit_id")
    if state.superior_id is None:
        return
    superior = post if state.superior_id == post.id else known.get(state.superior_id)
    if superior is None or superior.agency_id != post.agency_id:
        raise Refused("post-unknown", "superior_id")
    if superior is not post and not lives(begins_on(superior.states), superior.closed_on, start, end):
        raise Refused("post-closed", "superior_id")

    def above(post_id: UUID) -> list[tuple[date, date | None, UUID | None]]:
        return [(span.valid_from, span.valid_to, span.value.superior_id) for span in known[post_id].states]

    if loop := find_loop(post.id, superior.id, start, end, above):
        day, way = loop
        names = [state.name if each == post.id else at_or_first(known[each].states, day).name for each in way]
        raise Refused("superior-loop", "superior_id", path=shown(names))
