"""The order in which lines are worked on that name each other: each after those that it names, wherever these stand.

So what is below may be sent before what is above it. Lines that stand in a circle come in no order.
"""

import asyncio
from array import array
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused

T_contra = TypeVar("T_contra", contravariant=True)


class Link(NamedTuple):
    """The names by which others may name what a line is about, and those by which it names what is above that."""

    own: Sequence[Hashable] = ()
    above: Sequence[Hashable] = ()
    label: str = ""
    """What people call it."""


@dataclass(frozen=True)
class Links(Generic[T_contra]):
    """How the lines of an upload name each other."""

    read: Callable[[AsyncSession, Sequence[T_contra]], Awaitable[Sequence[Link | Refused]]]
    """The link of each line. Lines are only read; what is wrong with one is found when it is worked on."""
    on_record: Callable[[AsyncSession, Sequence[Hashable]], Awaitable[Sequence[bool | Refused]]]
    """Whether what is named is known already, so that a line may name it before the line that changes it."""
    loop: Callable[[list[str]], Refused]
    """Why none of the lines of a circle is worked on, by their labels; the first one comes again at its end."""


class Order:
    """Lines by their place, and which has to come before which. It holds some 500 bytes a line."""

    def __init__(self) -> None:
        self._names: dict[Hashable, int] = {}
        self._first, self._last = array("q"), array("q")
        """By the number of a name: the first and the last line about what it names; -1 for none."""
        self._before = array("q")
        self._above: list[tuple[int, ...]] = []
        self._labels: list[str] = []

    def add(self, link: Link) -> None:
        """Takes the next line."""
        place = len(self._before)
        own = [self._number(name) for name in link.own]
        self._before.append(max((self._last[name] for name in own), default=-1))
        for name in own:
            self._first[name] = place if self._first[name] < 0 else self._first[name]
            self._last[name] = place
        self._above.append(tuple(self._number(name) for name in link.above))
        self._labels.append(link.label)

    async def settled(
        self, on_record: Callable[[list[Hashable]], Awaitable[Collection[Hashable]]]
    ) -> tuple[list[int], list[tuple[list[int], list[str]]]]:
        """The places of the lines, each after those before it about the same, and after all about what it names.

        Where that closes a circle, it is enough that a line comes after the first one about what it names, or that this is
        on record already. What stands below a circle that is left comes last. The second part are these circles, with
        their labels. The sorting has a thread of its own: it takes a second where lines are a hundred thousand.
        """
        found, left = await asyncio.to_thread(self._ordered, range(len(self._before)), self._last)
        if not left:
            return found, []
        named = {number for place in left for number in self._above[place]}
        asked = [name for name, number in self._names.items() if number in named]
        known = {self._names[name] for name in await on_record(asked)}
        further, left = await asyncio.to_thread(self._ordered, sorted(left), self._first, known)
        loops = self._loops(left, known)
        below = left.difference(*loops)
        return [*found, *further, *sorted(below)], [
            (loop, [self._labels[each] for each in (*loop, loop[0])]) for loop in loops
        ]

    def _number(self, name: Hashable) -> int:
        number = self._names.setdefault(name, len(self._names))
        if number == len(self._first):
            self._first.append(-1)
            self._last.append(-1)
        return number

    def _needs(self, place: int, line_about: "array[int]", known: Collection[int] = ()) -> set[int]:
        above = {line_about[name] for name in self._above[place] if name not in known}
        return {each for each in (self._before[place], *above) if each >= 0}

    def _ordered(
        self, places: Sequence[int], line_about: "array[int]", known: Collection[int] = ()
    ) -> tuple[list[int], set[int]]:
        """Those of the places that can be ordered, in their order, and the rest."""
        asked = set(places)
        sorter: TopologicalSorter[int] = TopologicalSorter()
        for place in places:
            sorter.add(place, *(self._needs(place, line_about, known) & asked))
        with suppress(CycleError):
            sorter.prepare()
        found: list[int] = []
        while ready := sorter.get_ready():
            found += ready
            sorter.done(*ready)
        return found, asked.difference(found)

    def _loops(self, left: set[int], known: Collection[int]) -> list[list[int]]:
        """The circles among lines, each from its first line upwards: only first lines about something are in one."""
        loops: list[list[int]] = []
        seen: set[int] = set()
        for start in sorted(left):
            way: dict[int, None] = {}
            at: int | None = start
            while at is not None and at not in seen:
                seen.add(at)
                way[at] = None
                at = min(self._needs(at, self._first, known) & left, default=None)
            if at is not None and at in way:
                passed = list(way)
                circle = passed[passed.index(at) :]
                lowest = circle.index(min(circle))
                loops.append(circle[lowest:] + circle[:lowest])
        return loops
