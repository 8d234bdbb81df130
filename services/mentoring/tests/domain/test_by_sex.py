"""Figures by sex: whatever of them is added up or taken away, on one day or over several, tells of ten of each sex or of nobody."""

import random
from collections import Counter, defaultdict
from itertools import product
from operator import mul
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.domain.by_sex import Applicant, Counted, to_count
from mentoring.domain.pairs import LEAST

SEXES = ("male", "female")
DAYS = 3


def days_of(seed: int, sizes, moving: float, way):
    """What is told on each day, as who is counted with a mentor and who without, by person; and everybody's agency and sex."""
    chance = random.Random(seed)
    people = {}
    for agency, (men, women) in enumerate(sizes):
        for sex in ["male"] * men + ["female"] * women:
            people[UUID(int=len(people))] = (UUID(int=agency), sex)
    here = dict.fromkeys(people)
    for each in people:
        here[each] = 5_000 if chance.random() < 0.6 else None
    came = {each for each in people if chance.random() < 0.8}
    counted: dict[UUID, Counted] = {}
    told = []
    for day in range(DAYS):
        now = [Applicant(each, *people[each], here[each]) for each in sorted(came)]
        for place, batch in enumerate(way(list(counted.values()), now)):
            counted |= {each.person_id: Counted(each, UUID(int=day * 1000 + place)) for each in batch}
        told += [
            frozenset(each for each, one in counted.items() if (one.who.score is None) is without)
            for without in (False, True)
        ]
        for each in people:
            if chance.random() < moving:
                came.add(each)
                here[each] = None if here[each] else 5_000
    return people, [group for group in told if group]


def attacked(people, told):
    """A group under ten of one sex that follows from what is told, added and taken away, perhaps by who knows an agency; or None."""
    told = sorted(set(told), key=sorted)
    alike: defaultdict[tuple, Counter] = defaultdict(Counter)
    for each, (agency, sex) in people.items():
        alike[tuple(each in group for group in told), agency][sex] += 1
    for factors in product((-1, 0, 1), repeat=len(told)):
        sums = {key: sum(map(mul, factors, key[0])) for key in alike}
        for knows in (None, *{agency for agency, _ in people.values()}):
            left = {key: times for key, times in sums.items() if times and key[1] != knows}
            if set(left.values()) == {1}:
                sexes = sum((alike[key] for key in left), Counter())
                if min(sexes[sex] for sex in SEXES) < LEAST:
                    return factors, knows, sexes
    return None


def all_at_once(counted, now):
    """As it would be without the rule: everybody as they are."""
    return [now]


sizes = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=3)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10_000), sizes=sizes, moving=st.sampled_from([0.02, 0.3, 0.8]))
def test_nothing_that_is_told_gives_away_a_group_under_ten(seed, sizes, moving) -> None:
    assert attacked(*days_of(seed, sizes, moving, to_count)) is None


def test_without_the_rule_the_attack_finds_who_came_between_two_days() -> None:
    people, told = days_of(1, [(30, 30)], 0.02, all_at_once)
    assert attacked(people, told), "a few moved, so the difference of two days tells of them"
    people, told = days_of(1, [(30, 30), (3, 0)], 0, all_at_once)
    assert attacked(people, told), "an office takes away its own, and three of another are left"


@pytest.mark.parametrize(
    ("sizes", "matched", "told"),
    [
        ([(40, 40)], 40, 80),  # one agency has all: of it, all is told
        ([(40, 40)], 36, 72),  # the four and four without are not
        ([(9, 40)], 40, 0),
        ([(40, 40), (3, 3)], 40, 80),  # a small agency beside a large one waits
        ([(20, 20), (20, 20)], 40, 80),
    ],
)
def test_who_is_told_of(sizes, matched, told) -> None:
    """The first so many of each sex and agency have a mentor."""
    now = [
        Applicant(UUID(int=number), UUID(int=agency), sex, 5_000 if place < matched else None)
        for number, (agency, sex, place) in enumerate(
            (agency, sex, place)
            for agency, counts in enumerate(sizes)
            for sex, count in zip(SEXES, counts, strict=True)
            for place in range(count)
        )
    ]
    assert sum(map(len, to_count([], now))) == told


def test_who_few_would_be_left_alone_of_stay_as_they_were_counted() -> None:
    """Of thirty and thirty without a mentor all but three get one: the three would be known. Once all have, all are told."""
    people = [Applicant(UUID(int=number), UUID(int=0), SEXES[number % 2], None) for number in range(60)]
    batch = UUID(int=99)
    counted = [Counted(each, batch) for each in people]
    now = [each._replace(score=5_000) if number >= 3 else each for number, each in enumerate(people)]
    assert to_count(counted, now) == []
    everybody = [each._replace(score=5_000) for each in people]
    assert to_count(counted, everybody) == [everybody]
    half = [each._replace(score=5_000) if number >= 30 else each for number, each in enumerate(people)]
    assert [len(each) for each in to_count(counted, half)] == [30]
