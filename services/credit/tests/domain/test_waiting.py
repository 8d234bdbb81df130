"""K04, K15: working days, and the order of the queue: what misses a period of promotion comes first, and nothing starves."""

import heapq
import random
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from common.rules import RuleBook, RulePack
from credit.domain.books import load
from credit.domain.promotion_days import DayRules, Days
from credit.domain.waiting import Prospect, place
from credit.domain.working_days import last_day, worked

BOOKS = load()
RULES = BOOKS.waiting.packs[-1].tables
SIX = RuleBook((RulePack("", "", "", date.min, None, DayRules(Days((2, 4, 6, 8, 10, 12), "", ()), {})),))
DAY = timedelta(days=1)
DAYS = st.dates(date(2024, 1, 1), date(2026, 6, 1))


@given(DAYS, st.integers(1, 60))
def test_a_wait_ends_on_the_working_day_that_makes_it_full(since: date, days: int) -> None:
    last = last_day(BOOKS.calendar, since, days)
    assert worked(BOOKS.calendar, since, last) == days
    assert worked(BOOKS.calendar, since, last - DAY) == days - 1


def prospect(rng: random.Random, today: date) -> Prospect | None:
    """Somebody of whom one in three is about to rise, now or in a year."""
    if rng.random() > 1 / 3:
        return None
    ready = today + timedelta(days=rng.randint(-300, 300))
    return Prospect(Decimal(40), Decimal(12 * 60), (Decimal(50),), ready)


@given(
    st.lists(st.tuples(DAYS, st.integers(-300, 300), st.booleans()), min_size=2, max_size=20),
    st.integers(0, 200),
)
def test_whose_period_closes_next_is_on_top_and_none_is_overtaken_by_what_came_long_after_it(
    cases: list[tuple[date, int, bool]], later: int
) -> None:
    today = max(since for since, _, _ in cases) + timedelta(days=later)
    found = []
    for since, ready, rises in cases:
        who = Prospect(Decimal(40), Decimal(12 * 60), (Decimal(50),), since + timedelta(days=ready)) if rises else None
        found.append((place(RULES, SIX, since, who, today), since))
    lead, patience = timedelta(days=RULES.order.lead), timedelta(days=RULES.order.patience)
    served = sorted(found, key=lambda each: each[0].wanted_by)
    closing = [put.period - lead for put, _ in found if put.period]
    if closing and min(closing) < min(since for _, since in found) + patience:
        first = served[0][0]
        assert first.period and first.period - lead == min(closing)
    for number, (_, since) in enumerate(served):
        assert all(before <= since + patience for _, before in served[:number])


def simulated(seed: int, by_harm: bool) -> tuple[int, int]:
    """A year of a queue with too few hands: how many of those who could rise missed the first period they could have met,
    and the longest wait in days. The same cases come in either order."""
    rng = random.Random(seed)
    today = start = date(2024, 1, 1)
    open_: dict[int, tuple[date, Prospect | None, date | None]] = {}
    missed = longest = number = 0
    while open_ or today < start + timedelta(days=365):
        for _ in range(rng.randint(0, 40) if today < start + timedelta(days=365) else 0):
            who = prospect(rng, today)
            aim = place(RULES, SIX, today, who, today).period
            open_[number] = (today, who, aim)
            number += 1
        order = {
            case: (place(RULES, SIX, since, who, today).wanted_by if by_harm else since, case)
            for case, (since, who, _) in open_.items()
        }
        for case in heapq.nsmallest(19, order, key=order.__getitem__):
            since, _, aim = open_.pop(case)
            missed += aim is not None and today > aim - timedelta(days=RULES.order.lead)
            longest = max(longest, (today - since).days)
        today += DAY
    return missed, longest


def test_fewer_miss_their_period_than_first_come_and_the_longest_wait_stays_bounded() -> None:
    for seed in range(3):
        (missed, longest), (first_come_missed, first_come_longest) = simulated(seed, True), simulated(seed, False)
        assert missed * 2 < first_come_missed
        assert longest <= RULES.order.patience + first_come_longest
