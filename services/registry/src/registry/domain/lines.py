"""Lines upwards: what stands above what, from when until when, in a tree of units or of posts."""

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

Above = Iterable[tuple[date, date | None, UUID | None]]
"""What stood above something: from a day, until another (exclusive; None: still), and what it was."""

SHOWN = 10


def find_loop(
    below: UUID, above: UUID, start: date, end: date | None, lines: Callable[[UUID], Above]
) -> tuple[date, tuple[UUID, ...]] | None:
    """The way from `above` up to `below`, were one to stand under the other from `start` until `end`.

    Gives the first day found on which it leads there, and all that is passed, from `below` to `below`.
    None where it never does. `lines` gives what stands above each, and has no loop itself.
    """
    waiting: list[tuple[UUID, date, date | None, tuple[UUID, ...]]] = [(above, start, end, (below,))]
    while waiting:
        passed, since, until, before = waiting.pop()
        way = (*before, passed)
        if passed == below:
            return since, way
        for first, last, further in lines(passed):
            both_from, both_until = max(since, first), earlier(until, last)
            if further is not None and (both_until is None or both_from < both_until):
                waiting.append((further, both_from, both_until, way))
    return None


def earlier(one: date | None, other: date | None) -> date | None:
    """The earlier of two ends; None stands for ever."""
    return min((end for end in (one, other) if end is not None), default=None)


def shown(names: list[str]) -> str:
    """A way as people read it; of a long one both ends."""
    if len(names) > SHOWN:
        names = [*names[: SHOWN // 2], "…", *names[-SHOWN // 2 :]]
    return " > ".join(names)
