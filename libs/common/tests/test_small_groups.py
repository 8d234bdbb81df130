"""Whoever puts together all that is told of two trees of the same people computes no small count."""

from collections import Counter, defaultdict
from fractions import Fraction
from itertools import permutations, product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from common.small_groups import beside, place, shown, told

LEAST = 10
PARTS = 3
ALL = ([0, 1, 2], [0], [1], [2])
counts = st.sampled_from([0, 0, 1, 2, 5, 9, 10, 11, 14, 30])
regions = st.dictionaries(
    st.tuples(st.sampled_from("AB"), st.sampled_from("123")), st.tuples(counts, counts, counts), min_size=1
)
grades = st.lists(st.integers(0, 3), min_size=12, max_size=12)


def dealt(leaves, turns):
    """The same people by another level, dealt out over up to four groups."""
    others = {(str(number),): [0] * PARTS for number in set(turns)}
    turn = 0
    for parts in leaves.values():
        for part, count in enumerate(parts):
            for some in (count // 2, count - count // 2):
                others[str(turns[turn % len(turns)]),][part] += some
                turn += 1
    return {path: tuple(parts) for path, parts in others.items() if any(parts)}


def cells(tree, leaves, path, parts):
    """What a count is the sum of: cells of the lowest groups."""
    return frozenset((tree, leaf, part) for leaf in leaves if leaf[: len(path)] == path for part in parts)


def paths(leaves):
    return {leaf[:depth] for leaf in leaves for depth in range(len(leaf) + 1)}


class Known:
    """What follows from sums by adding and taking away, whatever the factors (Gauss)."""

    def __init__(self):
        self.rows = {}

    def _reduced(self, row):
        row = dict(row)
        for pivot in sorted(row.keys() & self.rows.keys()):
            if factor := row.get(pivot):
                for cell, value in self.rows[pivot].items():
                    row[cell] = row.get(cell, 0) - factor * value
        row = {cell: value for cell, value in row.items() if value}
        return self._reduced(row) if row.keys() & self.rows.keys() else row

    def add(self, row):
        if row := self._reduced(row):
            pivot = min(row)
            row = {cell: value / row[pivot] for cell, value in row.items()}
            for other, known in self.rows.items():
                if factor := known.get(pivot):
                    merged = {
                        cell: known.get(cell, 0) - factor * row.get(cell, 0) for cell in known.keys() | row.keys()
                    }
                    self.rows[other] = {cell: value for cell, value in merged.items() if value}
            self.rows[pivot] = row

    def follows(self, row):
        return not self._reduced(row)


def learned(trees, **more):
    """All that an attacker has: the answers, that both trees are the same people, and where a rest is nobody."""
    known = Known()
    for part in range(PARTS) if all(trees) else ():
        row = {cell: Fraction(1) for cell in cells(0, trees[0], (), [part])}
        known.add(row | {cell: Fraction(-1) for cell in cells(1, trees[1], (), [part])})
    for tree, leaves in enumerate(trees):
        answer = told(leaves, LEAST, str, **more)
        for path, parts in product(answer, ALL):
            count = counted(answer[path], parts)
            if count is None:
                continue
            row = cells(tree, leaves, path, parts)
            known.add(dict.fromkeys(row, Fraction(1)))
            for depth in range(len(path), 3):
                below = [other for other in answer if len(other) == depth and other[: len(path)] == path]
                of = {other: some for other in below if (some := counted(answer[other], parts)) is not None}
                if count == sum(of.values()) * (depth > len(path)):
                    for cell in row.difference(*(cells(tree, leaves, other, parts) for other in of if other != path)):
                        known.add({cell: Fraction(1)})
    return known


def counted(answer, parts):
    """What an answer tells of these parts of a group: all of them are its size."""
    size, of = answer
    if len(parts) == PARTS:
        return size
    return None if of is None else of[parts[0]]


@settings(max_examples=100, deadline=None)
@given(leaves=regions, turns=grades)
@example(leaves={("A", "1"): (0, 9, 0), ("A", "2"): (30, 30, 0), ("B", "1"): (11, 14, 30)}, turns=[0] * 12)
@example(leaves={("A", "1"): (5, 30, 0), ("A", "2"): (30, 0, 0), ("A", "3"): (30, 30, 30)}, turns=[0, 1] * 6)
def test_no_small_count_follows_from_any_answers_together(leaves, turns):
    leaves = {path: parts for path, parts in leaves.items() if any(parts)}
    trees = (leaves, dealt(leaves, turns))
    known = learned(trees)
    for tree, of in enumerate(trees):
        for path, parts in product(paths(of), ALL):
            whole = cells(tree, of, path, parts)
            if 0 < sum(of[leaf][part] for _, leaf, part in whole) < LEAST:
                assert not known.follows(dict.fromkeys(whole, Fraction(1))), (path, parts)


@settings(max_examples=100, deadline=None)
@given(leaves=regions)
@example(leaves={("A", "1"): (30, 0, 0), ("A", "2"): (4, 0, 0), ("B", "1"): (30, 0, 0)})
@example(leaves={("A", "1"): (15, 0, 0), ("A", "2"): (4, 0, 0), ("A", "3"): (30, 30, 30)})
def test_whoever_keeps_a_group_learns_no_small_count_of_others(leaves):
    """They know all of their own, and take it from what is told."""
    leaves = {path: parts for path, parts in leaves.items() if any(parts)}
    assert_keepers_learn_nothing(leaves, [cells(0, leaves, keeper, range(PARTS)) for keeper in paths(leaves)])


@settings(max_examples=100, deadline=None)
@given(leaves=regions)
@example(leaves={("A", "1"): (30, 0, 0), ("B", "1"): (30, 0, 0), ("A", "2"): (5, 0, 0), ("B", "2"): (4, 0, 0)})
@example(leaves={("A", "1"): (20, 0, 0), ("B", "1"): (4, 0, 0), ("B", "2"): (14, 0, 0), ("C", "2"): (30, 0, 0)})
def test_whoever_keeps_a_place_in_many_groups_learns_no_small_count_of_others(leaves):
    """An office for a region knows whoever serves there, in whatever kind of agency."""
    leaves = {path: parts for path, parts in leaves.items() if any(parts)}
    places = [
        frozenset().union(*(cells(0, leaves, leaf, range(PARTS)) for leaf in leaves if leaf[1] == place))
        for place in {leaf[1] for leaf in leaves}
    ]
    assert_keepers_learn_nothing(leaves, places, keeper_of=lambda leaf: leaf[1])


def assert_keepers_learn_nothing(leaves, kept, **more):
    for own in kept:
        known = learned((leaves, {}), **more)
        for cell in own:
            known.add({cell: Fraction(1)})
        for path, parts in product(paths(leaves), ALL):
            others = cells(0, leaves, path, parts) - own
            if 0 < sum(leaves[leaf][part] for _, leaf, part in others) < LEAST:
                assert not known.follows(dict.fromkeys(others, Fraction(1))), (own, path, parts)


@settings(max_examples=100, deadline=None)
@given(leaves=regions)
def test_what_is_left_of_a_total_is_nobody_or_many(leaves):
    answer = told(leaves, LEAST, str)
    for path, (size, parts) in answer.items():
        below = [answer[other] for other in answer if other[:-1] == path and other]
        if len(path) < 2:
            assert size - sum(each for each, _ in below) not in range(1, 2 * LEAST - 1 if below else LEAST)
        assert size >= LEAST or size == 0
        if parts:
            rest = Counter(dict(enumerate(parts)))
            rest.subtract(dict(enumerate(map(sum, zip(*(of for _, of in below if of), strict=True)))))
            assert len(path) == 2 or not set(rest.values()) & set(range(1, LEAST))
            assert not set(parts) & set(range(1, LEAST))


@pytest.mark.parametrize(
    ("groups", "told_of"),
    [
        ({"a": (10,), "b": (11,)}, "ab"),
        ({"a": (9,), "b": (10,), "c": (11,)}, ""),
        ({"a": (9,), "b": (10,), "c": (11,), "d": (12,)}, "d"),
        ({"a": (4,), "b": (4,), "c": (11,), "d": (12,)}, ""),
        ({"a": (4,), "b": (6,), "c": (11,), "d": (12,)}, "d"),
        ({"a": (4,), "b": (4,), "c": (10,), "d": (12,)}, ""),
        ({"a": (4,), "b": (7,), "c": (12,), "d": (5,)}, ""),
        ({"a": (4,), "b": (7,), "c": (12,), "d": (11,)}, "d"),
        ({"a": (0, 40), "b": (12, 10)}, "ab"),
        ({"a": (3, 40), "b": (16, 10), "c": (50, 50)}, ""),
        ({"a": (3, 40), "b": (16, 10), "c": (50, 50), "d": (60, 60)}, "d"),
        ({"a": (9,)}, ""),
        ({}, ""),
    ],
)
def test_which_groups_are_shown(groups, told_of):
    assert shown(groups, LEAST, str) == set(told_of)


def test_which_groups_are_hidden_tells_of_no_small_one():
    """All worlds of three groups: whoever knows the rule, but not the order, has more than one of them left for a small group."""
    fit = defaultdict(set)
    for world in product(range(1, 9), repeat=3):
        groups = {key: (size,) for key, size in zip("abc", world, strict=True)}
        for order in permutations("abc"):
            told_of = shown(groups, 3, order.index)
            fit[sum(world), tuple((key, groups[key]) for key in sorted(told_of))].add(world)
    known = [
        worlds
        for worlds in fit.values()
        if any(len({world[each] for world in worlds}) == 1 and next(iter(worlds))[each] < 3 for each in range(3))
    ]
    assert known == [{(1, 1, 1)}]  # three people in three groups


def test_a_group_closed_above_is_hidden_with_another():
    """Else its size would be what is left of the total."""
    assert shown({"a": (40,), "b": (50,), "c": (60,)}, LEAST, str, closed={"a"}) == {"c"}


def test_the_most_that_can_be_told_is():
    """A large group with a small part keeps its size, and its parts are hidden with those of one more."""
    leaves = {("A", "1"): (40, 40, 3), ("A", "2"): (20, 30, 16), ("A", "3"): (90, 90, 10), ("A", "4"): (0, 30, 10)}
    assert told(leaves, LEAST, str) == {
        (): (379, (150, 190, 39)),
        ("A",): (379, (150, 190, 39)),
        ("A", "1"): (83, None),
        ("A", "2"): (66, None),
        ("A", "3"): (190, None),
        ("A", "4"): (40, (0, 30, 10)),
    }


people_of = st.dictionaries(
    st.tuples(st.sampled_from("AB"), st.sampled_from("12"), st.sampled_from(["x", "y", ""])),
    st.tuples(counts, counts, counts),
    min_size=1,
)
FEW, MANY = (0, 5, 0), (40, 40, 40)


def told_of_both(people, keeper=None):
    """All that follows for a keeper who knows where nobody is: from the tree and the groups across it, and from the tree
    alone; and what is told of the groups.
    """
    leaves = defaultdict(lambda: (0,) * PARTS)
    for (*path, _), parts in people.items():
        leaves[tuple(path)] = tuple(map(sum, zip(leaves[tuple(path)], parts, strict=True)))
    tree = told({path: parts for path, parts in leaves.items() if any(parts)}, LEAST, str)
    joint = defaultdict(lambda: (0,) * PARTS)
    for (*path, group), parts in people.items():
        key = place(tuple(path), tree), path[0], group or None
        joint[key] = tuple(map(sum, zip(joint[key], parts, strict=True)))
    across = beside(joint, LEAST)
    if () not in tree or tree[()][1] is None:
        across = {group: (size, None) for group, (size, _) in across.items()}
    known = Known()
    for (cell, part), count in counts_of(people).items():
        if not count or cell[0] == keeper:
            known.add({(cell, part): Fraction(1)})
    for (path, answer), parts in product(tree.items(), ALL):
        if counted(answer, parts) is not None:
            known.add(dict.fromkeys(within(people, path, "xy", parts, others=True), Fraction(1)))
    alone = Known()
    alone.rows = dict(known.rows)
    for (group, answer), parts in product(across.items(), ALL):
        if counted(answer, parts) is not None:
            known.add(dict.fromkeys(within(people, (), group, parts), Fraction(1)))
    return known, alone, across


def counts_of(people):
    return {(cell, part): count for cell, parts in people.items() for part, count in enumerate(parts)}


def within(people, path, groups, parts, *, others=False):
    """The cells of a group of the tree and some groups across it."""
    return {
        (cell, part)
        for cell in people
        for part in parts
        if cell[: len(path)] == path and (cell[2] in groups if cell[2] else others)
    }


@settings(max_examples=150, deadline=None)
@given(people=people_of)
@example(people={("A", "1", "x"): MANY, ("A", "1", ""): FEW, ("A", "2", ""): MANY, ("B", "1", ""): MANY})
@example(people={("A", "1", "x"): MANY, ("B", "1", "x"): MANY, ("A", "1", ""): FEW, ("B", "1", ""): MANY})
@example(people={("A", "1", "y"): (10, 0, 0), ("B", "1", "x"): (9, 10, 0), ("B", "2", "x"): (1, 0, 10)})
def test_groups_across_the_tree_tell_with_it_of_no_small_count(people):
    """Also to whoever keeps all that is below A or B, and knows of each of its people where they are.

    Whoever knows where nobody is may learn a small count from the tree alone, which does not promise more (see the module);
    what is told across it adds none.
    """
    numbers = counts_of(people)
    for keeper in (None, "A", "B"):
        known, alone, _ = told_of_both(people, keeper)
        for path, groups, others, parts in product(
            {cell[:depth] for cell in people for depth in range(3)}, ("", "x", "y", "xy"), (False, True), ALL
        ):
            asked = {each for each in within(people, path, groups, parts, others=others) if each[0][0] != keeper}
            if 0 < sum(numbers[each] for each in asked) < LEAST:
                row = dict.fromkeys(asked, Fraction(1))
                assert not known.follows(row) or alone.follows(row), (keeper, path, groups, others, parts)


def test_groups_across_the_tree_are_told_where_enough_others_are():
    """And the check above finds it where one is told that may not be: all of A but 5 are in it."""
    spread = {(top, "1", group): MANY for top in "AB" for group in ("x", "")}
    assert told_of_both(spread)[-1] == {"x": (240, (80, 80, 80))}
    assert told_of_both(spread | {("B", "1", ""): FEW})[-1] == {}
    assert told_of_both({("A", "1", "x"): MANY, ("A", "1", ""): MANY})[-1] == {}, "whoever keeps A knows of all"
    few_met = {(top, "1", "x"): (3, 40, 40) for top in "AB"} | {(top, "1", ""): MANY for top in "AB"}
    assert told_of_both(few_met)[-1] == {"x": (166, None)}
