"""Matches: no limit is ever broken, the best is the best, the stable one is stable, and what is said of them is so."""

import random
from dataclasses import fields, replace
from itertools import product
from uuid import UUID

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from mentoring.domain.matching.changes import Change, applied, binding, number_of, smallest_change, why
from mentoring.domain.matching.limits import LIMITS, Mentors, allowed, broken_by
from mentoring.domain.matching.pairs import MOST, NOBODY, Case
from mentoring.domain.matching.people import Mentee, Mentor, Taker, family_of
from mentoring.domain.matching.runs import Run, matched, run
from mentoring.domain.matching.scores import parts_of
from mentoring.domain.matching.total import passing
from mentoring.domain.programmes import WEIGHTS, Rules
from mentoring.runs.inputs import packed_pairs, unpacked_pairs

from .cases import case, made

WAYS = ("total", "stable")


def value(done: Run, chosen) -> int:
    """What `total` makes as large as it can: mentees with a mentor by what leaving them would cost, and points."""
    leaving = passing(done.case)
    held = [(number, at) for number, at in enumerate(chosen) if at != NOBODY]
    return sum(int(leaving[number]) + points(done, number, at) for number, at in held)


def points(done: Run, number: int, at: int) -> int:
    return sum(parts_of(done.case.mentees[number], done.case.mentors[at], done.case.rules).values())


def keeps_every_limit(done: Run) -> bool:
    taken = [0] * len(done.case.mentors)
    for mentee, at in zip(done.case.mentees, done.match.mentor, strict=True):
        if at != NOBODY:
            taken[at] += 1
            if broken_by(mentee, done.case.mentors[at], done.case.rules):
                return False
    return all(count <= mentor.seats for count, mentor in zip(taken, done.case.mentors, strict=True))


def test_no_limit_is_ever_broken() -> None:
    """M03: 10,000 random matches of 12 people."""
    chance = random.Random(3)
    paired = 0
    for number in range(10_000):
        made_up = case(chance, 8, 4, 2, way=WAYS[number % 2], zone_hours=number % 3, other_agency=number % 5 > 0)
        done = run(made_up, number)
        assert keeps_every_limit(done)
        paired += int((done.match.mentor != NOBODY).sum())
    assert paired > 10_000


@pytest.mark.parametrize("limit", LIMITS)
def test_each_limit_stands_against_a_pair_that_breaks_it_alone(limit) -> None:
    chance = random.Random(1)
    agency, boss = made(chance), made(chance)
    mentee = Mentee(
        id=made(chance), jenjang="ahli_muda", family="auditor", agency_id=agency, region="Bali", zone="WITA"
    )
    mentor = Mentor(
        id=boss, jenjang="ahli_madya", family="auditor", agency_id=agency, region="Bali", zone="WITA", seats=1
    )
    rules = case(chance, 1, 1, 1, other_agency=False, zone_hours=0).rules
    assert broken_by(mentee, mentor, rules) == []
    breaking = {
        "jenjang": [(mentee, replace(mentor, jenjang="ahli_muda")), (mentee, replace(mentor, jenjang="penyelia"))],
        "line": [
            (replace(mentee, above=frozenset({boss})), mentor),
            (mentee, replace(mentor, above=frozenset({mentee.id}))),
        ],
        "conflict": [
            (replace(mentee, avoids=frozenset({boss})), mentor),
            (mentee, replace(mentor, avoids=frozenset({mentee.id}))),
        ],
        "agency": [(replace(mentee, agency_id=boss), mentor)],
        "language": [(replace(mentee, languages=frozenset({"en"})), mentor)],
        "zone": [(replace(mentee, zone="WIT"), mentor)],
        "meeting": [
            (replace(mentee, meets=frozenset({"onsite"})), replace(mentor, region="Papua")),
            (replace(mentee, meets=frozenset({"onsite"})), replace(mentor, meets=frozenset({"online"}))),
        ],
    }
    assert all(broken_by(*pair, rules) == [limit] for pair in breaking[limit])


def test_the_best_match_is_that_of_trying_all() -> None:
    """M05: the optimum equals brute force."""
    chance = random.Random(5)
    for number in range(60):
        done = run(case(chance, 5, 3, 2), number)
        may = [
            [NOBODY, *map(int, np.flatnonzero(allowed(mentee, done.mentors, done.case.rules)))]
            for mentee in done.case.mentees
        ]
        seats = [mentor.seats for mentor in done.case.mentors]
        most = max(
            value(done, chosen)
            for chosen in product(*may)
            if all(chosen.count(at) <= seats[at] for at in range(len(seats)))
        )
        assert value(done, done.match.mentor.tolist()) == most


def test_the_best_match_is_that_of_scipy() -> None:
    """M05, in the middle: seats as columns of their own, and a column for each who is left without."""
    chance = random.Random(7)
    for number in range(4):
        done = run(case(chance, 120, 40, 3), number)
        columns = [at for at, mentor in enumerate(done.case.mentors) for _ in range(mentor.seats)]
        gain = np.full((len(done.case.mentees), len(columns)), -1e15)
        leaving = passing(done.case)
        for row, mentee in enumerate(done.case.mentees):
            may = allowed(mentee, done.mentors, done.case.rules)
            for column, at in enumerate(columns):
                if may[at]:
                    gain[row, column] = leaving[row] + points(done, row, at)
        whole = np.hstack([gain, np.zeros((len(gain), len(gain)))])
        rows, chosen = linear_sum_assignment(whole, maximize=True)
        assert value(done, done.match.mentor.tolist()) == int(whole[rows, chosen].sum())


def test_muda_first_when_seats_are_scarce() -> None:
    """000.10: 10 seats, 20 applicants."""
    chance = random.Random(2)
    for way in WAYS:
        scarce = case(chance, 20, 5, 2, way=way)
        mentees = [
            replace(
                mentee, jenjang="ahli_muda" if number < 10 else "ahli_pertama", above=frozenset(), avoids=frozenset()
            )
            for number, mentee in enumerate(scarce.mentees)
        ]
        free = {"above": frozenset(), "avoids": frozenset(), "languages": frozenset({"id", "en"}), "seats": 2}
        whole = {"jenjang": "ahli_madya", "meets": frozenset({"online", "onsite"}), **free}
        mentors = [replace(mentor, **whole) for mentor in scarce.mentors]
        mentees = [replace(mentee, meets=frozenset({"online"})) for mentee in mentees]
        done = run(replace(scarce, mentees=mentees, mentors=mentors), 1)
        seated = [done.case.mentees[n].jenjang for n in np.flatnonzero(done.match.mentor != NOBODY)]
        assert seated == ["ahli_muda"] * 10


def test_the_stable_match_has_no_blocking_pair() -> None:
    chance = random.Random(11)
    for number in range(200):
        done = run(case(chance, 12, 5, 2, way="stable"), number)
        of = done.match.mentor
        for n, mentee in enumerate(done.case.mentees):
            own = points(done, n, int(of[n])) if of[n] != NOBODY else -1
            for at in np.flatnonzero(allowed(mentee, done.mentors, done.case.rules)):
                if points(done, n, int(at)) <= own:
                    continue
                theirs = np.flatnonzero(of == at)
                assert len(theirs) == done.case.mentors[at].seats
                rank = (done.case.is_first(mentee), points(done, n, int(at)))
                assert all(
                    (done.case.is_first(done.case.mentees[k]), points(done, int(k), int(at))) >= rank for k in theirs
                )


@pytest.mark.parametrize("way", WAYS)
def test_the_same_seed_gives_the_same_match_in_whatever_order_people_come(way) -> None:
    """M21, and ties go by the seed: with everybody alike, another seed gives another match."""
    chance = random.Random(13)
    usual = case(chance, 30, 9, 2, way=way)
    turned = Case(usual.mentees[::-1], usual.mentors[::-1], usual.rules)
    alike = [
        replace(usual.mentees[0], id=made(chance), avoids=frozenset(), above=frozenset(), wishes=()) for _ in range(30)
    ]

    def chosen(of: Case, seed: int) -> dict:
        done = run(of, seed)
        ids = [None, *(mentor.id for mentor in done.case.mentors)]
        return {mentee.id: ids[at + 1] for mentee, at in zip(done.case.mentees, done.match.mentor, strict=True)}

    assert chosen(usual, 4) == chosen(turned, 4)
    assert len({tuple(sorted(chosen(replace(usual, mentees=alike), seed).items(), key=str)) for seed in range(5)}) > 1


def test_parts_add_up_and_nothing_else_is_known_of_anybody() -> None:
    """M04. Sex, age, years of service, origin and faith are in no part: no part could take them from what is known."""
    chance = random.Random(17)
    done = run(case(chance, 40, 15, 2), 1)
    for number in np.flatnonzero(done.match.mentor != NOBODY):
        said = why(done, int(number))
        assert said is not None
        assert said.score == sum(said.parts.values()) == points(done, int(number), int(done.match.mentor[number]))
    assert {each.name for each in fields(Taker)} == {
        *("id", "jenjang", "family", "agency_id", "region", "zone", "levels", "languages", "meets", "free", "wishes"),
        *("avoids", "above"),
    }


ALONE = Rules(weights=dict.fromkeys(WEIGHTS, 0))
MENTEE = Mentee(
    id=UUID(int=1), jenjang="ahli_muda", family="auditor", agency_id=UUID(int=9), region="Bali", zone="WITA"
)
MENTOR = Mentor(
    id=UUID(int=2), jenjang="ahli_madya", family="perencana", agency_id=UUID(int=9), region="Papua", zone="WIT", seats=1
)


@pytest.mark.parametrize(
    ("part", "mentee", "mentor", "share"),
    [
        ("competency", {"levels": {"data": 1, "hukum": 3}}, {"levels": {"data": 3}}, 0.25),
        ("competency", {"levels": {"data": 4}}, {"levels": {"data": 5}}, 0),
        ("competency", {}, {"levels": {"data": 5}}, 0),
        ("goals", {"levels": {"data": 2}, "goals": {"data": 4, "hukum": 3}}, {"levels": {"data": 3, "hukum": 5}}, 0.75),
        ("goals", {"levels": {"data": 4}, "goals": {"data": 4}}, {"levels": {"data": 5}}, 0),
        ("family", {}, {}, 0),
        ("family", {}, {"family": "auditor"}, 1),
        ("place", {}, {}, 0),
        ("place", {}, {"zone": "WITA"}, 0.5),
        ("place", {}, {"region": "Bali"}, 1),
        ("availability", {"free": {"mon-am", "tue-pm"}}, {"free": {"tue-pm", "fri-am"}}, 0.5),
        ("availability", {"free": {"mon-am"}}, {"free": {"fri-am"}}, 0),
        ("availability", {"free": {"mon-am"}}, {}, 0.5),
        ("availability", {}, {"free": {"fri-am"}}, 0.5),
        ("load", {}, {}, 1),
        ("load", {}, {"load": 3}, 0.25),
        ("wishes", {}, {}, 0),
        ("wishes", {"wishes": (UUID(int=7), MENTOR.id)}, {}, 0.4),
        ("wishes", {"wishes": (MENTOR.id,)}, {"wishes": (MENTEE.id,)}, 1),
    ],
)
def test_what_each_part_gives(part, mentee, mentor, share) -> None:
    """M04, by hand: alone it gives up to 10,000 points; beside another part, as much of them as it weighs."""
    given = replace(MENTEE, **mentee), replace(MENTOR, **mentor)
    alone = replace(ALONE, weights={**ALONE.weights, part: 30})
    assert parts_of(*given, alone) == {part: 10_000 * share}
    other = "load" if part != "load" else "wishes"
    both = replace(ALONE, weights={**ALONE.weights, part: 30, other: 10})
    assert parts_of(*given, both)[part] == 7_500 * share


def test_the_price_of_a_better_mentor_is_what_all_would_lose() -> None:
    """M05: beside the best match in which the mentee has one of those who score more with them."""
    chance = random.Random(41)
    priced = 0
    for number in range(12):
        done = run(case(chance, 10, 5, 2), number)
        best = worth(done, done.match.mentor.tolist())
        for n in map(int, np.flatnonzero(done.match.mentor != NOBODY)):
            said, mentee = why(done, n), done.case.mentees[n]
            assert said is not None
            may = allowed(mentee, done.mentors, done.case.rules) & (done.mentors.seats > 0)
            better = [at for at in map(int, np.flatnonzero(may)) if points(done, n, at) > said.score]
            assert said.better == len(better)
            lost = [best - with_one(done, n, at) for at in better]
            assert said.price == min(lost, default=0)
            priced += said.price > 0
    assert priced > 5


def with_one(done: Run, n: int, at: int) -> int:
    """The most that a match is worth in which a mentee has this mentor."""
    people = done.case
    mentors = [replace(each, seats=each.seats - (number == at)) for number, each in enumerate(people.mentors)]
    rest = matched(Case([*people.mentees[:n], *people.mentees[n + 1 :]], mentors, people.rules))
    chosen = rest.match.mentor.tolist()
    return worth(done, [*chosen[:n], at, *chosen[n:]])


def worth(done: Run, chosen) -> int:
    """`value` as the flow counts it: a pair of no points at all is worth MOST less than leaving its mentee costs."""
    return value(done, chosen) - MOST * sum(at != NOBODY for at in chosen)


@pytest.mark.parametrize("way", WAYS)
def test_the_smallest_change_matches_whoever_makes_it(way) -> None:
    """Wow 8: what is stated is applied and matched again."""
    chance = random.Random(19)
    kinds, fewest = set(), []
    for number in range(40):
        done = run(case(chance, 12, 5, 2, way=way), number)
        for n in map(int, np.flatnonzero(done.match.mentor == NOBODY)):
            change = smallest_change(done, n)
            if change is None:
                continue
            kinds.add(change.kind)
            mentee_id = done.case.mentees[n].id
            again = run(applied(done.case, mentee_id, change), number)
            assert again.match.mentor[number_of(again.case, mentee_id)] != NOBODY, change
            if change.seats > 1:
                fewer = run(applied(done.case, mentee_id, replace(change, seats=change.seats - 1)), number)
                fewest.append(fewer.match.mentor[number_of(fewer.case, mentee_id)] == NOBODY)
    assert kinds >= {"meeting", "language", "conflict", "seats"}
    # Where two of those before them have one way, a seat fewer does.
    assert sum(fewest) >= 0.8 * len(fewest)
    assert bool(fewest) == (way == "total")


def test_no_other_change_of_their_own_would_have_matched_them() -> None:
    """Where seats are what is missing, no change of the mentee's own helps."""
    chance = random.Random(23)
    looked = set()
    for number in range(30):
        done = run(case(chance, 12, 4, 2), number)
        for n in map(int, np.flatnonzero(done.match.mentor == NOBODY)):
            mentee = done.case.mentees[n]
            change = smallest_change(done, n)
            if change is not None and change.kind != "seats":
                continue
            ways = [Change("meeting", each) for each in ("online", "onsite")]
            ways += [Change("language", each) for each in sorted(done.mentors.speaking)]
            ways += [Change("conflict", str(each), each) for each in sorted(mentee.avoids)]
            for own in ways:
                looked.add(own.kind)
                again = run(applied(done.case, mentee.id, own), number)
                if again.match.mentor[number_of(again.case, mentee.id)] != NOBODY:
                    # By a tie: nobody gains.
                    assert value(again, again.match.mentor.tolist()) == value(done, done.match.mentor.tolist()), own
    assert looked == {"meeting", "language", "conflict"}


@pytest.mark.parametrize("listed", [None, 3])
def test_what_is_said_from_the_pairs_that_are_kept_is_what_is_said_from_all(listed) -> None:
    """A run is explained by what was stored with it; pairs that are few or none come back as they were too."""
    chance = random.Random(8)
    said = 0
    for size in (0, 1, *[12] * 20):
        done = run(case(chance, size, 5, 1), 1, listed)
        pairs = unpacked_pairs(packed_pairs(done.pairs), size)
        for name in ("starts", "mentor", "score"):
            assert getattr(pairs, name).tolist() == getattr(done.pairs, name).tolist()
        kept = Run(done.case, Mentors(done.case.mentors), done.match, listed, pairs)
        for number in range(size):
            assert why(kept, number) == why(done, number)
            if done.match.mentor[number] == NOBODY:
                assert smallest_change(kept, number) == smallest_change(done, number)
                said += 1
    assert said


def test_what_binds_somebody_is_named() -> None:
    chance = random.Random(29)
    usual = case(chance, 1, 3, 2)
    [mentee] = usual.mentees
    alone = replace(
        usual, mentees=[replace(mentee, jenjang="ahli_muda", languages=frozenset({"jv"}), meets=frozenset({"online"}))]
    )
    mentors = [replace(mentor, jenjang="ahli_madya", meets=frozenset({"online"}), seats=1) for mentor in usual.mentors]
    assert binding(run(replace(alone, mentors=mentors), 1), 0) == "language"
    full = [replace(mentor, seats=0) for mentor in mentors]
    assert binding(run(replace(alone, mentors=full), 1), 0) == "seats"


def test_lists_of_the_best_lose_no_more_than_they_say() -> None:
    chance = random.Random(31)
    lost = exact = 0
    for number in range(80):
        many = case(chance, 20, 10, 2)
        whole, listed = run(many, number), run(many, number, listed=1 + number % 2)
        mentees, more = listed.loss
        exact += listed.loss == (0, 0)
        without = (listed.match.mentor == NOBODY).sum() - (whole.match.mentor == NOBODY).sum()
        assert without <= mentees
        if mentees == 0:
            assert whole.match.total - listed.match.total <= more
        lost += int(whole.match.total != listed.match.total)
    assert lost
    assert exact


def test_lists_match_as_many_as_all_pairs_where_seats_are_scarce() -> None:
    """The best mentors stand first on most lists; by their prices others come onto them."""
    many = case(random.Random(41), 300, 100, 2)
    whole, listed = run(many, 1), run(many, 1, listed=10)
    assert listed.pairs.left_out
    assert (listed.match.mentor == NOBODY).sum() == (whole.match.mentor == NOBODY).sum() > 0
    assert whole.match.total - listed.match.total <= listed.loss[1]
    kept = Run(listed.case, listed.mentors, listed.match, 10)
    for number in range(300):
        reason, later = why(listed, number), why(kept, number)
        # Of a match that was kept fewer pairs are looked at, so another mentor may come dearer.
        assert later == (reason and later and replace(reason, price=later.price))


def test_the_mentors_of_a_case_are_asked_as_one_by_one() -> None:
    chance = random.Random(37)
    many = case(chance, 10, 10, 2, zone_hours=1)
    mentors = Mentors(many.mentors)
    for mentee in many.mentees:
        alone = [not broken_by(mentee, mentor, many.rules) for mentor in many.mentors]
        assert allowed(mentee, mentors, many.rules).tolist() == alone


def test_the_family_of_a_position_is_its_name_without_the_jenjang() -> None:
    assert family_of("Analis Kebijakan Ahli Muda", "ahli_muda") == "analis kebijakan"
    assert family_of(None, None) == ""
