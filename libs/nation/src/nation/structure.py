"""The inside of an agency: its tree of units, who heads each, and when either changed.

Nothing is kept: a unit follows from its number, and where somebody serves from their place among the people of the agency.
The people of a unit are those whose place leaves the unit's number as the remainder; the first of them is its head.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from nation.agencies import Agency
from nation.data import OFFICES, Office

PostType = Literal["JPT", "JA", "JF"]

PEOPLE_A_UNIT = 25  # of a small agency; of a large one more
MOST_UNITS = 120
BELOW = 3  # units that stand under a unit
SMALL_UNITS = {
    "D": ("Bidang", "Seksi", "Tim"),
    "K": ("Bagian", "Subbagian", "Tim"),
    "L": ("Bagian", "Subbagian", "Tim"),
}

# Of so many units one, by what remains of the division.
VACANT = (19, 7)  # has no head; another acts for one, but for every third of these
RENAMED = (12, 4)  # has another name since some months ago
MOVED = (12, 9)  # stands under another unit since then
HEADS_SWAPPED = (8, 3)  # changed heads with its neighbour


class Unit(NamedTuple):
    """A part of an agency; `parent` is the number of the unit it is a part of."""

    number: int
    code: str
    name: str
    parent: int | None


class Post(NamedTuple):
    """A post with its level as the registry calls it; `superior` is the code of the post above."""

    code: str
    type: PostType
    name: str
    level: str
    unit: Unit
    superior: str | None


class Desk(NamedTuple):
    """Where the staff of a unit work: the office it belongs to, and the post of its head."""

    unit: Unit
    office: Office
    head: Post


@dataclass(frozen=True, eq=False)
class Structure:
    """An agency with `people` people, the first of whom is number `start` of the nation."""

    agency: Agency
    start: int
    people: int

    @property
    def size(self) -> int:
        """How many units the agency has."""
        return max(1, min(3, self.people), min(MOST_UNITS, self.people // PEOPLE_A_UNIT))

    def units(self) -> Iterator[Unit]:
        """All units, each after the one it is a part of."""
        return map(self.unit, range(self.size))

    def unit(self, number: int) -> Unit:
        """A unit as it was until some months ago."""
        parent = self._parent(number)
        code = f"{self.agency.code}-U{number + 1:03d}"
        if parent is None:
            return Unit(number, code, self.agency.offices[number].name, None)
        topics = OFFICES.topics
        kind = SMALL_UNITS[self.agency.kind][min(self._depth(number), 3) - 1]
        return Unit(number, code, f"{kind} {topics[number % len(topics)]}", parent)

    def unit_now(self, number: int) -> Unit:
        """A unit as it is today: under another name, or a part of another unit."""
        unit = self.unit(number)
        if unit.parent is None:
            return unit
        if self._is_one(number, RENAMED):
            return unit._replace(name=f"{unit.name} dan Evaluasi")
        if self._is_one(number, MOVED):
            return unit._replace(parent=(self._top(number) + 1) % self._tops)
        return unit

    def number(self, code: str) -> int:
        """The number of a unit by its code."""
        return int(code.rpartition("U")[2]) - 1

    def top(self, number: int) -> Unit:
        """The unit on top of a unit, however far above."""
        return self.unit(self._top(number))

    def desk(self, number: int) -> Desk:
        """Where the staff of a unit work, as it was until some months ago."""
        return _desk(self, number)

    def office(self, number: int) -> Office:
        """The office that a unit is a part of, however far below."""
        return self.agency.offices[self._top(number)]

    def place(self, index: int) -> tuple[int, int]:
        """The unit in which somebody serves by their number in the nation, and their place in it; 0 is its head."""
        rank, unit = divmod(index - self.start, self.size)
        return unit, rank

    def members(self, unit: int) -> range:
        """The people of a unit, its head first."""
        return range(self.start + unit, self.start + self.people, self.size)

    def is_vacant(self, unit: int) -> bool:
        """Whether nobody heads the unit: who stands first in it is one of its staff."""
        return unit > 0 and self._is_one(unit, VACANT)

    def headed(self, index: int) -> int | None:
        """The unit that somebody heads."""
        unit, rank = self.place(index)
        return unit if rank == 0 and not self.is_vacant(unit) else None

    def head_post(self, number: int) -> Post:
        """The post of whoever heads a unit, as it was until some months ago."""
        return self._head_post(self.unit(number))

    def head_post_now(self, number: int) -> Post:
        """The post of whoever heads a unit, as it is today: under the head of the unit above."""
        return self._head_post(self.unit(number)._replace(parent=self.unit_now(number).parent))

    def acting(self, number: int) -> int | None:
        """The unit whose head acts where another is away or missing; None: nobody does."""
        if number == 0 or (self.is_vacant(number) and number % 3 == 0):
            return None
        above = self._parent(number) or 0
        return None if self.is_vacant(above) else above

    def swapped(self, number: int) -> int | None:
        """The unit that changed heads with this one some months ago."""
        first = number - 1 if self._is_one(number - 1, HEADS_SWAPPED) else number
        if first < 1 or first + 1 >= self.size or not self._is_one(first, HEADS_SWAPPED):
            return None
        if self.is_vacant(first) or self.is_vacant(first + 1):
            return None
        return first + 1 if number == first else first

    def root(self) -> Post:
        """The post above all others."""
        return self.head_post(0)

    @property
    def _tops(self) -> int:
        return max(1, min(len(self.agency.offices), self.size // 2))

    def _parent(self, number: int) -> int | None:
        return None if number < self._tops else (number - self._tops) // BELOW

    def _top(self, number: int) -> int:
        while (above := self._parent(number)) is not None:
            number = above
        return number

    def _depth(self, number: int) -> int:
        above = self._parent(number)
        return 0 if above is None else 1 + self._depth(above)

    def _is_one(self, number: int, share: tuple[int, int]) -> bool:
        every, remainder = share
        return (self.start + number) % every == remainder

    def _head_post(self, unit: Unit) -> Post:
        above = unit.parent if unit.parent is not None else 0 if unit.number else None
        superior = None if above is None else _head_code(self.unit(above))
        office = self.agency.offices[unit.number] if self._parent(unit.number) is None else None
        name = office.head if office else f"Kepala {unit.name}"
        if unit.number == 0:
            return Post(_head_code(unit), "JPT", name, "madya", unit, superior)
        if office:
            return Post(_head_code(unit), "JPT", name, "pratama", unit, superior)
        level = "administrator" if self._depth(unit.number) == 1 else "pengawas"
        return Post(_head_code(unit), "JA", name, level, unit, superior)


@lru_cache(maxsize=MOST_UNITS)  # people come unit by unit, or in turn from all units of an agency
def _desk(structure: Structure, number: int) -> Desk:
    return Desk(structure.unit(number), structure.office(number), structure.head_post(number))


def _head_code(unit: Unit) -> str:
    return f"{unit.code}-K"
