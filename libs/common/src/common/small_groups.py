"""Numbers of groups, without the small ones: what may be told to somebody who may see totals only.

A count of 1 to `least` - 1 is small: it is told neither itself, nor by what is left when those told are taken from
their total. Groups form one tree, whose root is everybody; each has a size and the parts that sum up to it (say, those
who have done something and those who have not).

What is sure, of the numbers of one moment and of one tree: of the groups of one parent that is told, all are told, or
none, or at least two are not, and these have together, in size and in each part, 0 or at least twice `least` less 1. Of
a group that is not told, nothing below it is told. A group's parts are told all or none of them, and by the same rule.
So no sums and differences of what is told give a small count. Nor does it tell which groups are hidden with a small
one: they are taken in an order that has nothing to do with their size, and that the reader must not know.

What is not: groups that are as many as they have people together; a group that is in two trees (whoever tells of two
must see to it that no group of one lies within a group of the other); what changed between two moments; and what
somebody knows of single people already.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

K = TypeVar("K", bound=Hashable)
Path: TypeAlias = tuple[Hashable, ...]
"""The keys of a group from the top; () is everybody."""
Parts: TypeAlias = tuple[int, ...]
Order: TypeAlias = Callable[[Hashable], Any]
"""What a group is sorted by, made of its key."""


def told(leaves: Mapping[Path, Parts], least: int, order: Order) -> Mapping[Path, tuple[int, Parts | None]]:
    """The groups, of all heights, whose size may be told: the size, and the parts where these may be told too.

    The leaves, all of one depth, come with their parts. `order` sorts groups by their keys alone.
    """
    parts = _with_sums(leaves)
    sizes = {path: (sum(of),) for path, of in parts.items()}
    sized = _opened(sizes, least, order, ())
    split = _opened(parts, least, order, parts.keys() - sized)
    return {path: (sum(parts[path]), parts[path] if path in split else None) for path in sized}


def shown(groups: Mapping[K, Parts], least: int, order: Order, closed: Collection[K] = ()) -> frozenset[K]:
    """Those of the groups of one total that may be told: neither `closed` nor with a small count, nor needed to hide these.

    The next ones in `order` are hidden with them, until two are hidden and have enough together that none is known.
    """
    hidden = {key for key, parts in groups.items() if key in closed or _any_small(parts, least)}
    following = iter(sorted(groups.keys() - hidden, key=order))
    while hidden and (len(hidden) == 1 or _any_small(_sum([groups[key] for key in hidden]), 2 * least - 1)):
        key = next(following, None)
        if key is None:
            break
        hidden.add(key)
    return frozenset(groups.keys() - hidden)


def _any_small(counts: Parts, least: int) -> bool:
    return any(0 < count < least for count in counts)


def _sum(many: Sequence[Parts]) -> Parts:
    return tuple(sum(each) for each in zip(*many, strict=True))


def _with_sums(leaves: Mapping[Path, Parts]) -> Mapping[Path, Parts]:
    below: defaultdict[Path, list[Parts]] = defaultdict(list)
    for path, parts in leaves.items():
        for depth in range(len(path) + 1):
            below[path[:depth]].append(parts)
    return {path: _sum(many) for path, many in below.items()}


def _opened(groups: Mapping[Path, Parts], least: int, order: Order, closed: Collection[Path]) -> frozenset[Path]:
    children: defaultdict[Path, dict[Path, Parts]] = defaultdict(dict)
    for path, parts in groups.items():
        if path:
            children[path[:-1]][path] = parts
    opened = level = shown({path: parts for path, parts in groups.items() if not path}, least, order, closed)
    while level:
        level = frozenset[Path]().union(*(shown(children[path], least, order, closed) for path in level))
        opened |= level
    return opened
