"""K11: when somebody can rise, and what stands in the way: leaping gives what going month by month gives."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from credit.domain import forecasts
from credit.domain.amounts import conversion_twelfths, education_twelfths
from credit.domain.books import load
from credit.domain.forecasts import Forecast, Scenario, forecast
from credit.domain.rising import Known, Ladder, Penalty, Seats, judge_act

BOOK = load()
RULES = BOOK.at(date(2026, 7, 1)).tables
LEVELS = list(RULES.jenjang.values())
assert RULES.conversion and RULES.education
PREDIKAT = list(RULES.conversion.predikat)
PERCENTS = {row.code: row.percent for row in RULES.conversion.predikat.values()}
CASES = 10_000
YEARS = 4
"""How far is looked in the random cases: going month by month takes its time."""


def following(day: date) -> date:
    """The first of the next month."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def month_by_month(ladder: Ladder, known: Known, act: str, scenario: Scenario, years: int) -> tuple:
    """The first day on which nothing is unmet, and what was unmet on the last possible day before; each month is lived through."""
    had, ratings = known.had, {scenario.counted_from.year - ago: "baik" for ago in range(1, 5)} | dict(known.ratings)
    monthly = conversion_twelfths(1, PERCENTS[scenario.predikat], ladder.level.coefficient)
    tests = [each for each in (known.passed_on, scenario.test_on) if each]
    begins = scenario.start if scenario.start.day == 1 else following(scenario.start)
    day, end, binding, taught = scenario.counted_from, begins.replace(year=begins.year + years), (), False
    while day < end:
        if day > scenario.counted_from:
            had += monthly
            lived = (day - timedelta(days=1)).year
            ratings[lived] = min(ratings.get(lived, scenario.predikat), scenario.predikat, key=PERCENTS.__getitem__)
        if scenario.degree_on and scenario.degree_on <= day and not taught:
            had, taught = had + education_twelfths(RULES.education.percent, ladder.level.kp_need), True
        if day >= begins and (act == "level" or day.month in BOOK.days.at(day).tables.days.months):
            seats = known.seats
            if scenario.post_on and not (seats and seats.free > seats.unplaced):
                seats = Seats(1, 0) if scenario.post_on <= day else Seats(0, 0)
            now = replace(known, had=had, ratings=dict(ratings), passed_on=min(tests, default=None), seats=seats)
            judged = judge_act(ladder, now, act, day)
            unmet = tuple(each.code for each in judged.conditions if each.state == "not-met")
            if not unmet:
                return day, binding
            binding = unmet
        day = following(day)
    return None, binding


def drawn(random: Random) -> tuple[Ladder, Known, Scenario]:
    """Somebody, and what is supposed: near enough to what is asked that each condition binds now and then."""
    level = random.choice(LEVELS)
    start = date(2024, 1, 1) + timedelta(days=random.randrange(1_000))

    def some(chance: float, first: int, last: int) -> date | None:
        return start + timedelta(days=random.randrange(first, last)) if random.random() < chance else None

    counted = date(start.year - random.randrange(2), 1, 1) if random.random() < 0.5 else start.replace(day=1)
    since = some(0.9, -1_500, 0)
    until = some(0.7, 1, 900)
    penalties = [Penalty(random.choice(["light", "medium", "heavy"]), start - timedelta(days=9), until)]
    most = int((level.kj_need or level.kp_need * 2) * 12)
    known = Known(
        level.code,
        random.choice(level.golongan),
        Decimal(random.randrange(most // 2, most)) + Decimal(random.randrange(4)) / 4,
        since,
        {counted.year - ago: random.choice(PREDIKAT[:3]) for ago in range(3) if random.random() < 0.6},
        some(0.4, -400, 0),
        random.choice([None, Seats(0, 0), Seats(1, 1), Seats(2, 1)]),
        random.random() < 0.5,
        penalties if random.random() < 0.3 else [],
    )
    scenario = Scenario(
        start,
        counted,
        random.choice([*PREDIKAT, "baik", "sangat_baik"]),
        some(0.5, 0, 900),
        some(0.5, 0, 900),
        some(0.4, 0, 900),
    )
    ladder = Ladder.of(BOOK, level.code, start)
    assert ladder
    return ladder, known, scenario


def test_leaping_gives_what_month_by_month_gives_in_ten_thousand_random_cases(monkeypatch) -> None:
    monkeypatch.setattr(forecasts, "HORIZON_YEARS", YEARS)
    random = Random(11)
    seen = {"day": 0, "never": 0, "at once": 0}
    bound: set[str] = set()
    for number in range(CASES):
        ladder, known, scenario = drawn(random)
        act = random.choice(["rank", "level"])
        found = forecast(BOOK.days, ladder, known, act, scenario)
        if found.to is None:
            continue
        day, binding = month_by_month(ladder, known, act, scenario, YEARS)
        assert (found.day, found.binding) == (day, binding), (number, act, known, scenario, found)
        seen["never" if day is None else "day" if binding else "at once"] += 1
        bound |= set(binding)
    assert min(seen.values()) > 200, seen
    assert len(bound) == 7, "each condition bound at least once"


USUAL = Scenario(date(2026, 7, 1), date(2026, 1, 1), "baik", test_on=date(2026, 9, 15))
OFFICER = Known(
    "ahli_pertama", "III/a", Decimal(90 * 12), date(2023, 4, 1), {2024: "baik", 2025: "baik"}, None, Seats(1, 0), True
)


def when(known: Known, act: str, scenario: Scenario) -> Forecast:
    ladder = Ladder.of(BOOK, known.jenjang, scenario.start)
    assert ladder
    return forecast(BOOK.days, ladder, known, act, scenario)


@pytest.mark.parametrize(
    ("changed", "day", "binding", "without"),
    [
        ({}, date(2026, 11, 1), ("credit-for-level",), date(2026, 10, 1)),
        ({"predikat": "sangat_baik"}, date(2026, 10, 1), ("test-passed",), date(2026, 8, 1)),
        ({"test_on": None}, None, ("test-passed",), date(2026, 11, 1)),
        ({"degree_on": date(2026, 7, 1)}, date(2026, 10, 1), ("test-passed",), date(2026, 7, 1)),
        ({"predikat": "kurang"}, None, ("predicate",), date(2027, 9, 1)),
    ],
)
def test_the_one_condition_that_blocks_is_named_with_what_it_would_change(changed, day, binding, without) -> None:
    """2026 from January at 12.5 a year: 10 AK are ten months, or seven with Sangat Baik."""
    found = when(OFFICER, "level", replace(USUAL, **changed))
    assert (found.day, found.binding, found.without[binding[0]]) == (day, binding, without)


def test_short_by_two_is_met_by_two_months_of_a_periodic_predikat() -> None:
    """BKN's own example (BKN-SOS23): short by 2, January and February give 2.08 (12.5 a year)."""
    known = replace(OFFICER, had=Decimal(98 * 12), passed_on=date(2025, 5, 5))
    found = when(known, "level", Scenario(date(2026, 1, 1), date(2026, 1, 1), "baik"))
    assert (found.day, found.binding) == (date(2026, 3, 1), ("credit-for-level",))


def test_what_is_not_known_is_assumed_and_named() -> None:
    unsaid = replace(OFFICER, seats=None, ratings={}, passed_on=date(2025, 5, 5), had=Decimal(1200))
    found = when(unsaid, "level", USUAL)
    assert (found.day, found.assumed) == (date(2026, 7, 1), ("open-post", "predicate"))
