"""Numbers of groups, without the small ones: what may be told to somebody who may see totals only.

A count of 1 to `least` - 1 is small: it is told neither itself, nor by what is left when those told are taken from
their total. Groups form one tree, whose root is everybody; each has a size and the parts that sum up to it (say, those
who have done something and those who have not).

What is sure, of the numbers of one moment and of one tree: of the groups of one parent that is told, all are told, or
none, or at least two are not, and these have together, in size and in each part, 0 or at least twice `least` less 1. Of
a group that is not told, nothing below it is told. A group's parts are told all or none of them, and by the same rule.
So no sums and differences of what is told give a small count. That holds for the keeper of a group too, who knows its
counts and takes them away: a group is told only if what is left of it without any one group within it is 0 or at least
`least`, and so it is with what is hidden together. And it holds for whoever keeps people in many groups of the tree at
once (`keeper_of`), as somebody does to whom a place is given and not what it is part of. Nor does it tell which groups are hidden with a small
one: they are taken in an order that has nothing to do with their size, and that the reader must not know.

Other groups of the same people (say, by what they work as) lie across the tree, and one of them may lie within a group
of it: taken from it, it would tell of the few who are left. `beside` says which of them may be told: those of whom
enough people are where enough others are in no group that is told. Whatever is then added to them or taken from them,
some of these people, or some of these others, are left in it. That holds for whoever knows all of one keeper's people.

What is not: groups that are as many as they have people together; a third division of the same people; what changed
between two moments; and what somebody knows already of single people, or of where nobody is (a part that only one place
has is known from the total, and taken from that place's size).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

K = TypeVar("K", bound=Hashable)
Path: TypeAlias = tuple[Hashable, ...]
"""The keys of a group from the top; () is everybody."""
Parts: TypeAlias = tuple[int, ...]
Order: TypeAlias = Callable[[Hashable], Any]
"""What a group is sorted by, made of its key."""


def told(
    leaves: Mapping[Path, Parts], least: int, order: Order, keeper_of: Callable[[Path], Hashable] = lambda leaf: leaf
) -> Mapping[Path, tuple[int, Parts | None]]:
    """The groups, of all heights, whose size may be told: the size, and the parts where these may be told too.

    The leaves, all of one depth, come with their parts. `order` sorts groups by their keys alone. Whoever keeps a group
    knows all of it; beside that somebody keeps all leaves of which `keeper_of` says the same.
    """
    parts = _with_sums(leaves)
    sized = _opened({leaf: (sum(of),) for leaf, of in leaves.items()}, least, order, keeper_of, ())
    split = _opened(leaves, least, order, keeper_of, parts.keys() - sized)
    return {path: (sum(parts[path]), parts[path] if path in split else None) for path in sized}


def shown(
    groups: Mapping[K, Parts],
    least: int,
    order: Order,
    closed: Collection[K] = (),
    within: Mapping[K, Sequence[Parts]] | None = None,
    kept: Mapping[K, Mapping[Hashable, Parts]] | None = None,
) -> frozenset[K]:
    """Those of the groups of one total that may be told: neither `closed` nor with a small count, nor needed to hide these.

    The next ones in `order` are hidden with them, until two are hidden and have enough together that none is known, not
    even to whoever knows one of them, or of the groups `within` it, or what somebody has `kept` of all of them.
    """
    hidden = {key for key, parts in groups.items() if key in closed or _any_small(parts, least)}
    following = iter(sorted(groups.keys() - hidden, key=order))

    def is_known() -> bool:
        together = _sum([groups[key] for key in hidden])
        if len(hidden) == 1 or _any_small(together, 2 * least - 1):
            return True
        of_one = (each for key in hidden for each in (groups[key], *(within or {}).get(key, ())))
        of_many: defaultdict[Hashable, list[Parts]] = defaultdict(list)
        for key in hidden:
            for keeper, parts in (kept or {}).get(key, {}).items():
                of_many[keeper].append(parts)
        known = (*of_one, *map(_sum, of_many.values()))
        return any(_any_small(_less(together, each), least) for each in known)

    while hidden and is_known():
        key = next(following, None)
        if key is None:
            break
        hidden.add(key)
    return frozenset(groups.keys() - hidden)


def beside(
    cells: Mapping[tuple[Hashable, Hashable, K | None], Parts], least: int
) -> Mapping[K, tuple[int, Parts | None]]:
    """The groups that lie across a tree and whose size may be told: the size, and the parts where these may be told too.

    A cell are the people of one place, one keeper and one group; those of None are in no group. All people of whom the
    tree tells the same (`place`) are in one place. The parts may be told only where the tree tells those of everybody.
    """
    groups: defaultdict[K | None, dict[tuple[Hashable, Hashable], Parts]] = defaultdict(dict)
    for (place, keeper, group), parts in cells.items():
        groups[group][place, keeper] = parts
    everybody = dict(groups)
    numbers = range(len(next(iter(cells.values()), ())))
    hidden = {None} & groups.keys()
    while True:
        others: defaultdict[tuple[Hashable, Hashable], Parts] = defaultdict(lambda: (0,) * len(numbers))
        for group in hidden:
            for where, parts in everybody[group].items():
                others[where] = _sum((others[where], parts))

        def fits(group: K | None, wanted: Collection[int], others: Mapping[Any, Parts] = others) -> bool:
            kept: Counter[Hashable] = Counter()
            for where, parts in everybody[group].items():
                kept[where[1]] += sum(parts[each] for each in wanted if others[where][each] >= least)
            return kept.total() - max(kept.values()) >= least

        told_of = {group for group in groups.keys() - hidden if fits(group, numbers)}
        if told_of == groups.keys() - hidden:
            break
        hidden = groups.keys() - told_of
    sums = {group: _sum([*everybody[group].values()]) for group in told_of if group is not None}
    return {
        group: (sum(parts), parts if all(not parts[each] or fits(group, [each]) for each in numbers) else None)
        for group, parts in sums.items()
    }


def place(path: Path, told_of: Collection[Path]) -> Path:
    """The smallest group of a tree that is told of and that these people are in."""
    return next((path[:depth] for depth in range(len(path), 0, -1) if path[:depth] in told_of), ())


def _any_small(counts: Parts, least: int) -> bool:
    return any(0 < count < least for count in counts)


def _less(whole: Parts, part: Parts) -> Parts:
    return tuple(one - other for one, other in zip(whole, part, strict=True))


def _sum(many: Sequence[Parts]) -> Parts:
    return tuple(sum(each) for each in zip(*many, strict=True))


def _with_sums(leaves: Mapping[Path, Parts]) -> Mapping[Path, Parts]:
    below: defaultdict[Path, list[Parts]] = defaultdict(list)
    for path, parts in leaves.items():
        for depth in range(len(path) + 1):
            below[path[:depth]].append(parts)
    return {path: _sum(many) for path, many in below.items()}


def _with_keepers(
    leaves: Mapping[Path, Parts], keeper_of: Callable[[Path], Hashable]
) -> Mapping[Path, Mapping[Hashable, Parts]]:
    """What each keeper has of each group."""
    theirs: defaultdict[Hashable, dict[Path, Parts]] = defaultdict(dict)
    for leaf, parts in leaves.items():
        theirs[keeper_of(leaf)][leaf] = parts
    kept: defaultdict[Path, dict[Hashable, Parts]] = defaultdict(dict)
    for keeper, of_keeper in theirs.items():
        for path, parts in _with_sums(of_keeper).items():
            kept[path][keeper] = parts
    return kept


def _opened(
    leaves: Mapping[Path, Parts],
    least: int,
    order: Order,
    keeper_of: Callable[[Path], Hashable],
    closed: Collection[Path],
) -> frozenset[Path]:
    groups, kept = _with_sums(leaves), _with_keepers(leaves, keeper_of)
    children: defaultdict[Path, dict[Path, Parts]] = defaultdict(dict)
    within: defaultdict[Path, list[Parts]] = defaultdict(list)
    for path, parts in groups.items():
        if path:
            children[path[:-1]][path] = parts
        for depth in range(len(path)):
            within[path[:depth]].append(parts)
    shut = {
        path
        for path, parts in groups.items()
        if any(_any_small(_less(parts, each), least) for each in (*within[path], *kept[path].values()))
    } | set(closed)
    opened = level = frozenset(path for path in groups if not path and not _any_small(groups[path], least)) - shut
    while level:
        level = frozenset[Path]().union(*(shown(children[path], least, order, shut, within, kept) for path in level))
        opened |= level
    return opened
